use std::{
    env,
    io::{BufRead, BufReader, Read, Write},
    path::{Component, Path, PathBuf},
    process::Stdio,
    thread,
};

use serde_json::{Value, json};

use super::super::{Kernel, Result, folder, io_problem::io_problem, kernel};
use super::{document::Document, fault, outputs::Output};
use crate::Problem;

const SCRIPT: &str = include_str!("run_cells.py");

/// Seconds for one cell. The first one compiles what the notebook depends on, maybe on a slow
/// machine: this limit is against a cell that never ends.
const LIMIT: u64 = 300;

/// Runs a notebook's code cells on the Rust kernel, through Jupyter and in the notebook's folder;
/// returns it with the outputs of this run. Needs no network.
///
/// # Errors
///
/// The kernel cannot be set up, or died, or a cell does not end.
pub fn execute(notebook: &Path) -> Result<Document> {
    let notebook =
        std::path::absolute(notebook).map_err(|error| io_problem(notebook.display(), &error))?;
    let document = Document::read(&notebook)?;
    let cells: Vec<String> = document
        .cells()
        .into_iter()
        .map(|cell| cell.source)
        .collect();
    let folder = notebook.parent().unwrap_or(Path::new("."));
    let places = places(folder)?;
    let outputs = run(&kernel()?, folder, &cells).map_err(|(ran, what)| {
        let cells = document.cells();
        match cells.get(ran) {
            Some(cell) => Problem::failure(fault::Fault::new(&notebook, cell, what).to_string()),
            None => Problem::failure(format!("{}: {what}", fault::short(&notebook))),
        }
    })?;
    let outputs: Vec<Vec<Output>> = outputs
        .iter()
        .map(|outputs| {
            let outputs = Output::list(outputs);
            outputs
                .into_iter()
                .map(|output| output.map(|text| hide(text, &places)))
                .collect()
        })
        .collect();
    Ok(document.with_outputs(&outputs))
}

/// The outputs of each cell; or how many cells ran, and why the next one did not.
pub(in super::super) fn run(
    kernel: &Kernel,
    folder: &Path,
    cells: &[String],
) -> std::result::Result<Vec<Vec<Value>>, (usize, String)> {
    let stopped = |ran: usize, error: &std::io::Error| (ran, format!("Jupyter stopped: {error}"));
    let mut jupyter = kernel
        .python()
        .args(["-c", SCRIPT])
        .current_dir(folder)
        // Cells use what is on this machine, so that they run alike with and without a network.
        .env("CARGO_NET_OFFLINE", "true")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|error| stopped(0, &error))?;
    let complaints = jupyter.stderr.take().map(|mut stderr| {
        thread::spawn(move || {
            let mut bytes = Vec::new();
            let _ = stderr.read_to_end(&mut bytes);
            String::from_utf8_lossy(&bytes).into_owned()
        })
    });
    let request = json!({ "folder": folder, "limit": LIMIT, "cells": cells });
    if let Some(mut stdin) = jupyter.stdin.take() {
        // If it has ended already, its complaints say why.
        let _ = stdin.write_all(request.to_string().as_bytes());
    }
    let mut outputs = Vec::new();
    let mut ended = String::from("ok");
    for line in jupyter
        .stdout
        .take()
        .into_iter()
        .flat_map(|out| BufReader::new(out).lines())
    {
        let line = line.map_err(|error| stopped(outputs.len(), &error))?;
        let Ok(mut cell) = serde_json::from_str::<Value>(&line) else {
            continue;
        };
        ended = cell["ended"].as_str().unwrap_or("ok").to_owned();
        if ended != "ok" {
            break;
        }
        outputs.push(
            cell["outputs"]
                .as_array_mut()
                .map(std::mem::take)
                .unwrap_or_default(),
        );
    }
    let _ = jupyter.wait();
    let complaints = complaints
        .and_then(|thread| thread.join().ok())
        .unwrap_or_default();
    let ran = outputs.len();
    match ended.as_str() {
        "died" => Err((ran, "the Rust kernel died in this cell".to_owned())),
        "late" => Err((ran, format!("still running after {LIMIT} s"))),
        _ if ran < cells.len() => {
            let last = complaints
                .lines()
                .rev()
                .find(|line| !line.trim().is_empty());
            Err((
                ran,
                format!("Jupyter stopped: {}", last.unwrap_or("it said nothing")),
            ))
        }
        _ => Ok(outputs),
    }
}

/// The folders of this machine that an output may name, and what is kept in their place.
fn places(notebooks: &Path) -> Result<Vec<(PathBuf, &'static str)>> {
    let mut places = vec![(folder()?, "<tools>"), (env::temp_dir(), "<temporary>")];
    places.extend(
        notebooks
            .parent()
            .map(|course| (course.to_owned(), "<course>")),
    );
    places.extend(dirs::home_dir().map(|home| (home, "<home>")));
    // "/" is in every path.
    places.retain(|(place, _)| {
        place
            .components()
            .filter(|part| matches!(part, Component::Normal(_)))
            .count()
            > 0
    });
    // The home folder may hold the others.
    places.sort_by_key(|(place, _)| std::cmp::Reverse(place.as_os_str().len()));
    Ok(places)
}

fn hide(text: &str, places: &[(PathBuf, &str)]) -> String {
    let mut text = text.to_owned();
    for (place, name) in places {
        let place = place.to_string_lossy();
        let mut shown = String::new();
        let mut rest = text.as_str();
        while let Some((before, after)) = rest.split_once(place.as_ref()) {
            // `/home/ann` is no part of `/home/anna`.
            let ends_here = !after.starts_with(|next: char| next.is_alphanumeric() || next == '_');
            shown.push_str(before);
            shown.push_str(if ends_here { name } else { place.as_ref() });
            rest = after;
        }
        text = shown + rest;
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_machines_paths_are_not_kept() {
        let places = [
            (PathBuf::from("/home/ann/course"), "<course>"),
            (PathBuf::from("/home/ann"), "<home>"),
        ];
        assert_eq!(
            hide("at /home/ann/course/code/lib.rs", &places),
            "at <course>/code/lib.rs"
        );
        assert_eq!(
            hide("/home/ann and /home/anna", &places),
            "<home> and /home/anna"
        );
    }
}
