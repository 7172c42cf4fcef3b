//! A small server on this machine that misbehaves as it is told.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

/// What the server does with one connection: it is given the requested start and the stream.
pub type Manner = Box<dyn Fn(Option<usize>, &mut TcpStream) + Send>;

/// A server with a manner for each connection, the last one for all further ones.
pub struct Server {
    /// Its address, ending with a slash.
    pub url: String,
    /// The `Range` start of each request so far.
    pub asked: Arc<Mutex<Vec<Option<usize>>>>,
}

pub fn serve(manners: Vec<Manner>) -> Server {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    let asked = Arc::new(Mutex::new(Vec::new()));
    let log = Arc::clone(&asked);
    thread::Builder::new()
        .name("server".to_owned())
        .spawn(move || {
            for (i, stream) in listener.incoming().enumerate() {
                let mut stream = stream.unwrap();
                let start = request(&stream);
                log.lock().unwrap().push(start);
                manners[i.min(manners.len() - 1)](start, &mut stream);
            }
        })
        .unwrap();
    Server { url, asked }
}

/// Reads a request; says where its `Range` begins.
fn request(stream: &TcpStream) -> Option<usize> {
    let lines = BufReader::new(stream)
        .lines()
        .map_while(Result::ok)
        .take_while(|line| !line.is_empty());
    lines
        .filter_map(|line| line.to_lowercase().strip_prefix("range: bytes=").map(str::to_owned))
        .find_map(|range| range.trim_end_matches('-').parse().ok())
}

/// Answers with a status, headers and a body; a client that has gone is no concern of the server.
pub fn answer(stream: &mut TcpStream, status: &str, headers: &str, body: &[u8]) {
    let _ = stream.write_all(format!("HTTP/1.1 {status}\r\nConnection: close\r\n{headers}\r\n").as_bytes());
    let _ = stream.write_all(body);
}

/// Serves the whole file, whatever was asked.
pub fn whole(bytes: &[u8]) -> Manner {
    lying(bytes, bytes.len())
}

/// Serves the whole file, but announces another length.
pub fn lying(bytes: &[u8], length: usize) -> Manner {
    let bytes = bytes.to_vec();
    Box::new(move |_, stream| answer(stream, "200 OK", &format!("Content-Length: {length}\r\n"), &bytes))
}

/// Announces the whole file, sends half of it and hangs up.
pub fn half(bytes: &[u8]) -> Manner {
    lying(&bytes[..bytes.len() / 2], bytes.len())
}

/// Serves the rest of the file from where it was asked.
pub fn ranged(bytes: &[u8]) -> Manner {
    let bytes = bytes.to_vec();
    Box::new(move |start, stream| {
        let start = start.unwrap_or(0);
        let rest = &bytes[start..];
        let headers = format!(
            "Content-Length: {}\r\nContent-Range: bytes {start}-{}/{}\r\n",
            rest.len(),
            bytes.len() - 1,
            bytes.len()
        );
        answer(
            stream,
            if start > 0 { "206 Partial Content" } else { "200 OK" },
            &headers,
            rest,
        );
    })
}

/// Answers with this status and nothing else.
pub fn status(line: &'static str) -> Manner {
    Box::new(move |_, stream| answer(stream, line, "Content-Length: 0\r\n", &[]))
}

/// A manner that sends this much and then neither sends nor hangs up, for longer than any test.
pub fn silent(bytes: &[u8]) -> Manner {
    let bytes = bytes.to_vec();
    Box::new(move |_, stream| {
        let _ = stream.write_all(&bytes);
        let mut kept = stream.try_clone().unwrap();
        thread::Builder::new()
            .name("silence".to_owned())
            .spawn(move || {
                thread::sleep(Duration::from_secs(30));
                let _ = kept.flush();
            })
            .unwrap();
    })
}
