//! The command of the benchmarks; everything it does is in the library.

use std::process::ExitCode;

use clap::{Parser, Subcommand};
use event_loops_bench::{gate, measure, once};

/// How fast the event loop is, beside others.
#[derive(Parser)]
#[command(disable_help_subcommand = true)]
struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Measure CPU time, time and memory of each workload on each runtime, on this machine
    Measure(measure::Options),
    /// Count instructions with valgrind; fails where ours are more than tokio's
    Gate,
    /// Run one workload once, and say what it used: what the others start again and again
    Once(once::Options),
}

fn main() -> ExitCode {
    let done = match Args::parse().command {
        Command::Measure(options) => measured(&options),
        Command::Gate => counted(),
        Command::Once(options) => run_once(&options),
    };
    done.unwrap_or_else(|problem| {
        eprintln!("error: {problem}");
        ExitCode::FAILURE
    })
}

fn measured(options: &measure::Options) -> Result<ExitCode, String> {
    let report = measure::measure(options)?;
    if options.json {
        let json = serde_json::to_string_pretty(&report).map_err(|error| error.to_string())?;
        println!("{json}");
    } else {
        print!("{report}");
    }
    Ok(ExitCode::SUCCESS)
}

fn counted() -> Result<ExitCode, String> {
    let counts = gate::count()?;
    println!("instructions per operation: ours, tokio's, ratio");
    for count in &counts {
        println!("{count}");
    }
    if counts.iter().all(gate::Count::is_within_limit) {
        Ok(ExitCode::SUCCESS)
    } else {
        Err(format!(
            "the event loop needs more than {:.2} instructions for each of tokio's",
            gate::LIMIT
        ))
    }
}

fn run_once(options: &once::Options) -> Result<ExitCode, String> {
    let run = once::once(options)?;
    let json = serde_json::to_string(&run).map_err(|error| error.to_string())?;
    println!("{json}");
    Ok(ExitCode::SUCCESS)
}
