//! One attempt at one file from one mirror.
//!
//! A helper thread talks to the mirror and hands over what arrives, so that a silent mirror never keeps the caller from
//! noticing that it is to stop. The thread ends with its own time-outs, or as soon as nobody takes its bytes.

use std::fs::{self, File, OpenOptions};
use std::io::{self, BufReader, Read, Write};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use crossbeam_channel::{Receiver, RecvTimeoutError, Sender, bounded};
use sha2::{Digest, Sha256};
use ureq::Agent;
use ureq::http::{HeaderMap, StatusCode};

use super::{Progress, State};
use crate::data::idx::unpacked;
use crate::data::published::Published;

/// How often the stop flag is looked at, and the most often that progress is told.
const TICK: Duration = Duration::from_millis(100);
/// How many bytes are handed over at once.
const CHUNK: usize = 1 << 16;
/// How many such pieces may wait: more than that and the mirror is too fast for the disk.
const WAITING_CHUNKS: usize = 8;

/// Why an attempt failed; reads on after the mirror's name.
#[derive(Debug, thiserror::Error)]
pub enum Fault {
    /// No connection, no answer, or one that broke off; what has arrived is kept.
    #[error("failed: {0}")]
    Cut(String),
    /// Another answer than the file.
    #[error("answered {0}")]
    Status(StatusCode),
    /// The mirror would not continue where the file was cut.
    #[error("cannot continue the file")]
    RangeRefused,
    /// More bytes than the file can have.
    #[error("offered more bytes than the file has")]
    TooLong,
    /// The SHA-256 of the content differs; the bytes have been thrown away.
    #[error("sent wrong bytes")]
    WrongBytes,
    /// The stop flag.
    #[error("was stopped")]
    Stopped,
    /// The file could not be written.
    #[error("could not be written: {0}")]
    Disk(#[from] io::Error),
}

/// What the helper thread hands over.
enum Arrival {
    /// The answer has begun.
    Head(Head),
    /// The next bytes.
    Bytes(Vec<u8>),
    /// The answer ended as its own header announced.
    End,
    /// It did not.
    Broken(String),
}

/// The beginning of an answer.
struct Head {
    status: StatusCode,
    /// Where its bytes begin in the file.
    start: u64,
    /// How many bytes the answer has, if it says so.
    length: Option<u64>,
}

/// An attempt at a file.
pub struct Transfer<'a> {
    /// The file.
    pub file: &'a Published,
    /// Where its bytes are collected.
    pub part: &'a Path,
    /// How long the mirror may be silent.
    pub patience: Duration,
    /// What is told; kept up to date.
    pub now: &'a mut Progress,
    /// Who is told.
    pub progress: &'a mut dyn FnMut(Progress),
    /// Set when the download is to end.
    pub stop: &'a AtomicBool,
}

impl Transfer<'_> {
    /// Asks `mirror` for the rest of the file and checks it; afterwards `part` is complete and correct.
    pub fn run(&mut self, mirror: &str) -> Result<(), Fault> {
        let mut from = fs::metadata(self.part).map_or(0, |found| found.len());
        if from > 0 && self.check() {
            return Ok(());
        }
        if from >= self.most_bytes() {
            fs::remove_file(self.part)?;
            from = 0;
        }
        self.now.bytes_done = from;
        self.tell(State::Connecting);

        let arrivals = ask(format!("{mirror}{}.gz", self.file.name), from, self.patience)?;
        let received = self.receive(&arrivals, from);
        match received {
            Ok(()) if self.check() => Ok(()),
            // A mirror that announces too many bytes seems to break off and yet has sent them all.
            Err(Fault::Cut(_)) if self.now.bytes_done > 0 && self.check() => Ok(()),
            Ok(()) => {
                fs::remove_file(self.part)?;
                Err(Fault::WrongBytes)
            }
            Err(fault) => {
                if matches!(fault, Fault::TooLong | Fault::RangeRefused) && self.part.exists() {
                    fs::remove_file(self.part)?;
                }
                Err(fault)
            }
        }
    }

    /// Writes what arrives until the answer ends. `from` bytes are already there.
    fn receive(&mut self, arrivals: &Receiver<Arrival>, from: u64) -> Result<(), Fault> {
        let mut output = None;
        let mut told = Instant::now();
        loop {
            match self.next(arrivals)? {
                Arrival::Head(head) => {
                    check_status(&head, from)?;
                    if head.start.saturating_add(head.length.unwrap_or(0)) > self.most_bytes() {
                        return Err(Fault::TooLong);
                    }
                    if let Some(length) = head.length {
                        self.now.bytes_total = head.start + length;
                    }
                    let file = OpenOptions::new().create(true).append(true).open(self.part)?;
                    // A mirror that cannot continue sends the whole file: start over.
                    file.set_len(head.start)?;
                    output = Some(file);
                    self.now.bytes_done = head.start;
                    self.tell(State::Receiving);
                }
                Arrival::Bytes(bytes) => {
                    self.now.bytes_done += bytes.len() as u64;
                    if self.now.bytes_done > self.most_bytes() {
                        return Err(Fault::TooLong);
                    }
                    if let Some(file) = &mut output {
                        file.write_all(&bytes)?;
                    }
                    if told.elapsed() >= TICK {
                        told = Instant::now();
                        self.tell(State::Receiving);
                    }
                }
                Arrival::End => {
                    if let Some(file) = &mut output {
                        file.sync_all()?;
                    }
                    return Ok(());
                }
                Arrival::Broken(reason) => return Err(Fault::Cut(reason)),
            }
        }
    }

    /// Waits for the next arrival, for the stop flag, or until patience ends.
    fn next(&self, arrivals: &Receiver<Arrival>) -> Result<Arrival, Fault> {
        let asked = Instant::now();
        loop {
            if self.stop.load(Ordering::Relaxed) {
                return Err(Fault::Stopped);
            }
            match arrivals.recv_timeout(TICK.min(self.patience)) {
                Ok(arrival) => return Ok(arrival),
                Err(RecvTimeoutError::Disconnected) => return Err(Fault::Cut("the connection was lost".to_owned())),
                Err(RecvTimeoutError::Timeout) if asked.elapsed() >= self.patience => {
                    return Err(Fault::Cut(format!("no answer for {} s", self.patience.as_secs_f32())));
                }
                Err(RecvTimeoutError::Timeout) => {}
            }
        }
    }

    /// Whether all bytes are here and right.
    fn check(&mut self) -> bool {
        self.tell(State::Checking);
        // Only compressed files: the name ends with `.gz`.
        let is_gzip = || unpacked(BufReader::new(File::open(self.part)?)).map(|(_, is_gzip)| is_gzip);
        is_gzip().unwrap_or(false) && is_intact(self.part, self.file)
    }

    /// The longest that the compressed file can reasonably be: as long as the content, and a little for the frame. A
    /// mirror that never ends cannot fill the disk.
    fn most_bytes(&self) -> u64 {
        self.file.bytes + self.file.bytes / 1000 + 4096
    }

    /// Tells how far the file is.
    fn tell(&mut self, state: State) {
        self.now.state = state;
        (self.progress)(self.now.clone());
    }
}

/// Whether a file, compressed or not, has exactly the published content.
pub fn is_intact(path: &Path, file: &Published) -> bool {
    let sha256 = || -> io::Result<String> {
        if !fs::metadata(path)?.is_file() {
            return Err(io::ErrorKind::InvalidInput.into());
        }
        let (content, _) = unpacked(BufReader::with_capacity(CHUNK, File::open(path)?))?;
        // One byte more than it should have shows that there are too many; a bomb is not unpacked any further.
        let mut content = content.take(file.bytes + 1);
        let mut hash = Sha256::new();
        let mut chunk = vec![0; CHUNK];
        loop {
            match content.read(&mut chunk)? {
                0 => return Ok(hex::encode(hash.finalize())),
                n => hash.update(&chunk[..n]),
            }
        }
    };
    sha256().is_ok_and(|sha256| sha256 == file.sha256)
}

/// Whether the answer is the file, from the beginning or from where it was cut.
fn check_status(head: &Head, from: u64) -> Result<(), Fault> {
    match head.status {
        StatusCode::OK => Ok(()),
        StatusCode::PARTIAL_CONTENT if from > 0 && head.start == from => Ok(()),
        StatusCode::PARTIAL_CONTENT | StatusCode::RANGE_NOT_SATISFIABLE => Err(Fault::RangeRefused),
        status => Err(Fault::Status(status)),
    }
}

/// Starts the helper thread for one address, from byte `from`.
fn ask(url: String, from: u64, patience: Duration) -> io::Result<Receiver<Arrival>> {
    let (out, arrivals) = bounded(WAITING_CHUNKS);
    thread::Builder::new().name("download".to_owned()).spawn(move || {
        let end = match answer(&url, from, patience, &out) {
            Ok(()) => Arrival::End,
            Err(reason) => Arrival::Broken(reason),
        };
        // Nobody listens after a stop: then nothing is left to do.
        let _ = out.send(end);
    })?;
    Ok(arrivals)
}

/// Asks and hands over the answer, on the helper thread.
fn answer(url: &str, from: u64, patience: Duration, out: &Sender<Arrival>) -> Result<(), String> {
    let patience = Some(patience);
    let config = Agent::config_builder()
        .http_status_as_error(false)
        // The file is wanted as it is stored.
        .accept_encoding("identity")
        .timeout_resolve(patience)
        .timeout_connect(patience)
        .timeout_recv_response(patience)
        .timeout_per_read(patience);
    // A proxy could not reach this machine's own addresses.
    let config = if url.starts_with("http://127.0.0.1:") {
        config.proxy(None)
    } else {
        config
    };
    let mut request = Agent::new_with_config(config.build()).get(url);
    if from > 0 {
        request = request.header("Range", format!("bytes={from}-"));
    }
    let mut response = request.call().map_err(|error| reason(&error))?;
    let start = if response.status() == StatusCode::PARTIAL_CONTENT {
        range_start(response.headers())
    } else {
        0
    };
    let head = Head {
        status: response.status(),
        start,
        length: response.body().content_length(),
    };
    out.send(Arrival::Head(head)).map_err(|error| error.to_string())?;
    let mut body = response.body_mut().as_reader();
    loop {
        let mut chunk = vec![0; CHUNK];
        let n = body.read(&mut chunk).map_err(|error| error.to_string())?;
        if n == 0 {
            return Ok(());
        }
        chunk.truncate(n);
        out.send(Arrival::Bytes(chunk)).map_err(|error| error.to_string())?;
    }
}

/// What went wrong, without the words that say it was input or output.
fn reason(error: &ureq::Error) -> String {
    match error {
        ureq::Error::Io(error) => error.to_string(),
        other => other.to_string(),
    }
}

/// Where a partial answer begins: `Content-Range: bytes 100-199/200` begins at 100. 0 if it does not say.
fn range_start(headers: &HeaderMap) -> u64 {
    let text = headers
        .get("content-range")
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    let digits = text
        .trim_start_matches(|c: char| !c.is_ascii_digit())
        .split('-')
        .next()
        .unwrap_or_default();
    digits.parse().unwrap_or(0)
}
