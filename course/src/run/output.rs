//! A pipe that is read while the other end still writes.

use std::io::{self, PipeReader};

/// Reads chunks of bytes as they arrive.
pub(super) struct Chunks {
    pipe: system::Chunks,
    /// What came after a line that was asked for.
    rest: Vec<u8>,
}

impl Chunks {
    /// Call it inside a tokio runtime.
    pub(super) fn new(pipe: PipeReader) -> io::Result<Self> {
        let rest = Vec::new();
        system::Chunks::new(pipe).map(|pipe| Self { pipe, rest })
    }

    /// The next bytes; none when every writer has closed its end.
    pub(super) async fn next(&mut self) -> Option<Vec<u8>> {
        self.pipe.next().await
    }

    /// The next bytes, if they were written already.
    pub(super) async fn waiting(&mut self) -> Option<Vec<u8>> {
        self.pipe.waiting().await
    }

    /// The text up to the end of a line, or to the end.
    pub(super) async fn line(&mut self) -> String {
        loop {
            if let Some(end) = self.rest.iter().position(|byte| *byte == b'\n') {
                let line = self.rest.drain(..=end).collect::<Vec<u8>>();
                return String::from_utf8_lossy(&line).into_owned();
            }
            match self.pipe.next().await {
                Some(mut chunk) => self.rest.append(&mut chunk),
                None => {
                    return String::from_utf8_lossy(&std::mem::take(&mut self.rest)).into_owned();
                }
            }
        }
    }
}

/// Makes text of bytes that arrive in pieces, which may cut a character in two.
#[derive(Default)]
pub(super) struct Decoder {
    /// The beginning of a character whose end has not arrived.
    begun: Vec<u8>,
}

impl Decoder {
    /// The text of these bytes and of what was left of the last ones.
    pub(super) fn push(&mut self, bytes: &[u8]) -> String {
        self.begun.extend_from_slice(bytes);
        let complete = match self.begun.utf8_chunks().last() {
            Some(last) if is_beginning(last.invalid()) => self.begun.len() - last.invalid().len(),
            _ => self.begun.len(),
        };
        let text = String::from_utf8_lossy(&self.begun[..complete]).into_owned();
        self.begun.drain(..complete);
        text
    }

    /// What is left at the end.
    pub(super) fn finish(&mut self) -> String {
        String::from_utf8_lossy(&std::mem::take(&mut self.begun)).into_owned()
    }
}

/// Whether more bytes could make a character of these.
fn is_beginning(bytes: &[u8]) -> bool {
    std::str::from_utf8(bytes).is_err_and(|error| error.error_len().is_none())
}

#[cfg(unix)]
mod system {
    use std::io::{self, PipeReader};
    use std::os::fd::OwnedFd;

    use tokio::io::AsyncReadExt;
    use tokio::net::unix::pipe::Receiver;

    pub(super) struct Chunks(Receiver);

    impl Chunks {
        pub(super) fn new(pipe: PipeReader) -> io::Result<Self> {
            Receiver::from_owned_fd(OwnedFd::from(pipe)).map(Self)
        }

        pub(super) async fn next(&mut self) -> Option<Vec<u8>> {
            let mut chunk = Vec::with_capacity(8192);
            match self.0.read_buf(&mut chunk).await {
                Ok(0) | Err(_) => None,
                Ok(_) => Some(chunk),
            }
        }

        /// The pipe itself is asked: the runtime may not know yet that there is something.
        #[allow(clippy::unused_async, reason = "elsewhere it waits")]
        pub(super) async fn waiting(&mut self) -> Option<Vec<u8>> {
            let mut chunk = vec![0; 8192];
            match rustix::io::read(&self.0, chunk.as_mut_slice()) {
                Ok(0) | Err(_) => None,
                Ok(read) => {
                    chunk.truncate(read);
                    Some(chunk)
                }
            }
        }
    }
}

#[cfg(not(unix))]
mod system {
    use std::io::{self, PipeReader, Read};

    use tokio::sync::mpsc;

    /// A thread reads, since there are no asynchronous anonymous pipes.
    pub(super) struct Chunks(mpsc::Receiver<Vec<u8>>);

    impl Chunks {
        pub(super) fn new(mut pipe: PipeReader) -> io::Result<Self> {
            let (sender, receiver) = mpsc::channel(1);
            std::thread::Builder::new().spawn(move || {
                let mut buffer = [0; 8192];
                while let Ok(read @ 1..) = pipe.read(&mut buffer) {
                    if sender.blocking_send(buffer[..read].to_vec()).is_err() {
                        break;
                    }
                }
            })?;
            Ok(Self(receiver))
        }

        pub(super) async fn next(&mut self) -> Option<Vec<u8>> {
            self.0.recv().await
        }

        /// The thread may not have read yet what is there.
        pub(super) async fn waiting(&mut self) -> Option<Vec<u8>> {
            const A_LITTLE: std::time::Duration = std::time::Duration::from_millis(50);
            tokio::time::timeout(A_LITTLE, self.0.recv()).await.ok()?
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Decoder;

    #[test]
    fn a_character_cut_in_two_arrives_whole() {
        let mut decoder = Decoder::default();
        let bytes = "é€🦀".as_bytes();
        let text: String = bytes.iter().map(|byte| decoder.push(&[*byte])).collect();
        assert_eq!(text, "é€🦀");
        assert_eq!(decoder.finish(), "");
    }

    #[test]
    fn what_is_not_utf8_is_replaced_at_once() {
        let mut decoder = Decoder::default();
        assert_eq!(decoder.push(b"a\xffb"), "a\u{fffd}b");
        assert_eq!(decoder.push(b"\xe2\x82"), "");
        assert_eq!(decoder.finish(), "\u{fffd}");
    }
}
