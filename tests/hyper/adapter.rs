//! What hyper wants of a runtime, on our loop: a stream that it can poll, and a clock.

use std::future::Future;
use std::io;
use std::net::Shutdown;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::{Duration, Instant};

use event_loops::net::TcpStream;
use event_loops::{race, sleep, spawn};
use hyper::rt::{Read, ReadBufCursor, Sleep, Timer, Write};
use tokio::sync::oneshot;

/// A connection of our loop, as hyper reads and writes it.
pub struct OnLoop {
    stream: TcpStream,
    /// Without unsafe code hyper's own buffer can only be filled from another one.
    buffer: Box<[u8]>,
}

impl OnLoop {
    pub fn new(stream: TcpStream) -> Self {
        stream.set_nodelay(true).expect("it is connected");
        let buffer = vec![0; 64 << 10].into();
        OnLoop { stream, buffer }
    }
}

impl Read for OnLoop {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        mut buffer: ReadBufCursor<'_>,
    ) -> Poll<io::Result<()>> {
        let this = &mut *self;
        let room = buffer.remaining().min(this.buffer.len());
        let length = ready!(this.stream.poll_read(cx, &mut this.buffer[..room]))?;
        buffer.put_slice(&this.buffer[..length]);
        Poll::Ready(Ok(()))
    }
}

impl Write for OnLoop {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        data: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.stream.poll_write(cx, data)
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(())) // what was written is with the operating system
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.stream.shutdown(Shutdown::Write) {
            Err(error) if error.kind() != io::ErrorKind::NotConnected => Poll::Ready(Err(error)),
            _ => Poll::Ready(Ok(())),
        }
    }
}

/// Our clock, as hyper reads it.
#[derive(Clone, Copy, Debug)]
pub struct LoopTimer;

/// hyper wants a sleep that could move to another thread, and ours can't: so a task sleeps for it.
struct Sleeping(oneshot::Receiver<()>);

impl Timer for LoopTimer {
    fn sleep(&self, duration: Duration) -> Pin<Box<dyn Sleep>> {
        let (mut over, sleeping) = oneshot::channel();
        spawn(async move {
            race(Box::pin(sleep(duration)), Box::pin(over.closed())).await;
            let _nobody_waits_any_more = over.send(());
        });
        Box::pin(Sleeping(sleeping))
    }

    fn sleep_until(&self, deadline: Instant) -> Pin<Box<dyn Sleep>> {
        self.sleep(deadline.saturating_duration_since(Instant::now()))
    }
}

impl Sleep for Sleeping {}

impl Future for Sleeping {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        Pin::new(&mut self.0).poll(cx).map(drop)
    }
}
