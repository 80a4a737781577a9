use super::connections;
use crate::Problem;
use axum::Router;
use std::io;
use std::net::{Ipv4Addr, Ipv6Addr, TcpListener};

/// The open port. `localhost` may mean `127.0.0.1` or `::1`, so it is both where there are both.
pub(crate) struct Listeners {
    port: u16,
    v4: TcpListener,
    v6: Option<TcpListener>,
}

impl Listeners {
    pub(crate) fn bind(port: u16) -> Result<Self, Problem> {
        bind(port).map_err(|error| match error.kind() {
            io::ErrorKind::AddrInUse => {
                Problem::failure(format!("port {port} is taken: {}", another(port)))
            }
            io::ErrorKind::PermissionDenied => Problem::failure(format!(
                "port {port} is not yours to use: {}",
                another(3000)
            )),
            _ => Problem::failure(format!("cannot serve at port {port}: {error}")),
        })
    }

    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    /// Answers requests, for ever.
    pub(crate) async fn serve(self, app: Router) -> io::Result<()> {
        let v4 = connections::answer(into_tokio(self.v4)?, app.clone());
        match self.v6 {
            Some(v6) => {
                let v6 = connections::answer(into_tokio(v6)?, app);
                tokio::select! {
                    ended = v4 => ended,
                    ended = v6 => ended,
                }
            }
            None => v4.await,
        }
    }
}

fn bind(port: u16) -> io::Result<Listeners> {
    let mut attempts = 0;
    loop {
        let v4 = TcpListener::bind((Ipv4Addr::LOCALHOST, port))?;
        let found = v4.local_addr()?.port();
        match TcpListener::bind((Ipv6Addr::LOCALHOST, found)) {
            Ok(v6) => {
                return Ok(Listeners {
                    port: found,
                    v4,
                    v6: Some(v6),
                });
            }
            // Another server there would answer for `localhost` in some browsers.
            Err(error) if error.kind() == io::ErrorKind::AddrInUse => {
                attempts += 1;
                if port != 0 || attempts == 10 {
                    return Err(error);
                }
            }
            Err(_no_such_network) => {
                return Ok(Listeners {
                    port: found,
                    v4,
                    v6: None,
                });
            }
        }
    }
}

fn another(port: u16) -> String {
    let free = (port.saturating_add(1)..=port.saturating_add(200))
        .find(|port| bind(*port).is_ok())
        .unwrap_or(0);
    format!("try cargo run -- serve --port {free}")
}

fn into_tokio(listener: TcpListener) -> io::Result<tokio::net::TcpListener> {
    listener.set_nonblocking(true)?;
    tokio::net::TcpListener::from_std(listener)
}

#[cfg(test)]
mod tests {
    use super::Listeners;

    #[test]
    fn a_taken_port_names_a_free_one() {
        let first = Listeners::bind(0).expect("some port is free");
        let problem = Listeners::bind(first.port())
            .err()
            .expect("the port is taken")
            .to_string();
        let start = format!(
            "port {} is taken: try cargo run -- serve --port ",
            first.port()
        );
        let suggested = problem
            .strip_prefix(&start)
            .unwrap_or_else(|| panic!("{problem}"));
        assert_ne!(suggested.parse(), Ok(first.port()));
    }
}
