use super::COMMAND;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;
use std::io::{Read, Write};

/// Before and after the module's bytes.
const BEFORE: &str = "courseStepper.module = \"";
const AFTER: &str = "\";\n";

/// A classic script that hands a module to the page, compressed and as text: a page that was opened
/// from a folder may not fetch a file. It comes after `src/stepper/elements.js`.
///
/// ```
/// use course::stepper::{in_script, module_of};
///
/// let script = in_script(b"\0asm and so on");
/// assert_eq!(module_of(&script).as_deref(), Some(&b"\0asm and so on"[..]));
/// ```
pub fn in_script(module: &[u8]) -> String {
    let text = STANDARD.encode(compressed(module));
    format!(
        "// The event loop as WebAssembly, compressed (gzip), in base64. Generated: `{COMMAND}` makes it anew.\n\
         {BEFORE}{text}{AFTER}"
    )
}

/// The module in a script that [`in_script`] made; `None` when there is none in it.
pub fn module_of(script: &str) -> Option<Vec<u8>> {
    let (_, rest) = script.split_once(BEFORE)?;
    let text = rest.strip_suffix(AFTER)?;
    let mut module = Vec::new();
    let compressed = STANDARD.decode(text).ok()?;
    GzDecoder::new(&compressed[..])
        .read_to_end(&mut module)
        .ok()?;
    Some(module)
}

fn compressed(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    let written = encoder.write_all(bytes).and_then(|()| encoder.finish());
    written.expect("memory takes all that is written")
}

#[cfg(test)]
mod tests {
    use super::{in_script, module_of};

    #[test]
    fn a_script_without_a_whole_module_has_none() {
        let script = in_script(&[7; 1_000]);
        assert_eq!(module_of(&script), Some(vec![7; 1_000]));
        assert_eq!(module_of(""), None);
        assert_eq!(module_of(&script[..script.len() - 1]), None);
        assert_eq!(module_of(&script.replace("H4sI", "H4sJ")), None);
    }

    #[test]
    fn the_same_module_makes_the_same_script() {
        assert_eq!(in_script(b"module"), in_script(b"module"));
    }
}
