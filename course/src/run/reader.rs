//! The reader at the other end: where the events of a run go.

use std::time::Duration;

use tokio::sync::mpsc;

use super::Event;

/// Where the events of one run go.
pub(super) struct Events(mpsc::Sender<Event>);

/// Why a run goes no further.
#[derive(Debug)]
pub(super) enum Stopped {
    /// This is its last event.
    Because(Event),
    /// The reader left, or reads no more.
    Gone,
}

impl Events {
    pub(super) fn new(sender: mpsc::Sender<Event>) -> Self {
        Self(sender)
    }

    pub(super) async fn send(&self, event: Event) -> Result<(), Stopped> {
        // A reader who stops reading must not keep a place for ever.
        self.0
            .send_timeout(event, PATIENCE)
            .await
            .map_err(|_| Stopped::Gone)
    }

    /// Sends what a process prints as such events, up to `limit` bytes.
    pub(super) fn printer(&self, limit: usize, event: fn(String) -> Event) -> Printer<'_> {
        Printer {
            events: self,
            limit,
            left: limit,
            event,
            copy: None,
        }
    }
}

/// Sends output, up to what is allowed.
pub(super) struct Printer<'a> {
    events: &'a Events,
    limit: usize,
    left: usize,
    event: fn(String) -> Event,
    copy: Option<&'a mut String>,
}

impl<'a> Printer<'a> {
    /// Copies the output to `copy`, too.
    pub(super) fn copying(self, copy: &'a mut String) -> Self {
        Self {
            copy: Some(copy),
            ..self
        }
    }

    /// # Errors
    ///
    /// When that was all that is allowed, or the reader left.
    pub(super) async fn print(&mut self, mut text: String) -> Result<(), Stopped> {
        let cut = text.len() > self.left;
        text.truncate(text.floor_char_boundary(self.left));
        self.left -= text.len();
        if let Some(copy) = &mut self.copy {
            copy.push_str(&text);
        }
        if !text.is_empty() {
            self.events.send((self.event)(text)).await?;
        }
        if cut {
            Err(Stopped::Because(Event::Cut { bytes: self.limit }))
        } else {
            Ok(())
        }
    }
}

const PATIENCE: Duration = Duration::from_secs(10);
