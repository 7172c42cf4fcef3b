//! Downloading, against a server on this machine that misbehaves in every way.

use std::fs;
use std::io::Write as _;
use std::net::TcpListener;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use sha2::{Digest as _, Sha256};
use somnoscope::data::Set;
use somnoscope::data::fetch::{FetchError, Mirrors, Progress, Published, State, fetch, fetch_files, published_files};

use super::server::{Manner, Server, answer, half, lying, ranged, serve, silent, status, whole};
use super::{assert_sentence, gzip, idx_labels};

/// How long a good server may take, even on a busy machine.
const PATIENCE: Duration = Duration::from_secs(20);
/// How long the tests wait for a server that never answers.
const LITTLE_PATIENCE: Duration = Duration::from_secs(1);

/// A file to download: what it is, and the bytes a good mirror sends.
fn file() -> (Published, Vec<u8>) {
    // Barely compressible, so that it is long enough to be cut.
    let labels: Vec<u8> = (0_u32..200_000)
        .map(|i| (i.wrapping_mul(2_654_435_761) >> 13) as u8)
        .collect();
    let content = idx_labels(&labels);
    let packed = gzip(&content);
    let sha256 = Sha256::digest(&content)
        .iter()
        .fold(String::new(), |text, byte| format!("{text}{byte:02x}"));
    let name = "train-labels-idx1-ubyte".to_owned();
    (
        Published {
            name,
            sha256,
            bytes: content.len() as u64,
            gzip_bytes: packed.len() as u64,
        },
        packed,
    )
}

/// Downloads the file from these servers; says how it ended and what was told.
fn download(folder: &Path, servers: &[&Server]) -> (Result<(), FetchError>, Vec<Progress>) {
    download_within(PATIENCE, folder, servers)
}

/// Downloads the file from these servers, none of which may be silent for longer than `patience`.
fn download_within(patience: Duration, folder: &Path, servers: &[&Server]) -> (Result<(), FetchError>, Vec<Progress>) {
    let mirrors = Mirrors {
        urls: servers.iter().map(|server| server.url.clone()).collect(),
        patience,
    };
    let mut told = Vec::new();
    let result = fetch_files(
        &[file().0],
        folder,
        &mirrors,
        &mut |progress| told.push(progress),
        &AtomicBool::new(false),
    );
    (result, told)
}

/// The names in a folder, sorted.
fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

/// The file is there, complete, and nothing else is.
#[track_caller]
fn assert_complete(folder: &Path) {
    assert_eq!(names(folder), ["train-labels-idx1-ubyte.gz"]);
    assert!(
        fs::read(folder.join("train-labels-idx1-ubyte.gz")).unwrap() == file().1,
        "other bytes"
    );
}

/// Catches a download that does not arrive, is not told, or is made twice.
#[test]
fn a_good_server_is_asked_once() {
    let (folder, (wanted, bytes)) = (tempfile::tempdir().unwrap(), file());
    let server = serve(vec![whole(&bytes)]);
    let to = folder.path().join("new/folder");
    let (result, told) = download(&to, &[&server]);
    result.unwrap();
    assert_complete(&to);
    let states: Vec<&State> = told.iter().map(|progress| &progress.state).collect();
    assert_eq!(states.first(), Some(&&State::Connecting));
    assert_eq!(states[states.len() - 2..], [&State::Checking, &State::Complete]);
    let last = told.last().unwrap();
    assert_eq!(
        (last.bytes_done, last.bytes_total, last.n_files),
        (wanted.gzip_bytes, wanted.gzip_bytes, 1)
    );
    assert_eq!(last.mirror, server.url);

    let (result, told) = download(&to, &[&server]);
    result.unwrap();
    assert_eq!(told.len(), 1);
    assert_eq!(told[0].state, State::Present);
    assert_eq!(
        *server.asked.lock().unwrap(),
        [None],
        "a complete file is not asked for again"
    );

    fs::write(to.join("train-labels-idx1-ubyte.gz"), b"damaged").unwrap();
    download(&to, &[&server]).0.unwrap();
    assert_complete(&to);
}

/// Catches a cut download that starts over though the server can continue it.
#[test]
fn a_cut_download_is_continued() {
    let (folder, (_, bytes)) = (tempfile::tempdir().unwrap(), file());
    let server = serve(vec![half(&bytes), ranged(&bytes)]);
    let (result, told) = download(folder.path(), &[&server]);
    result.unwrap();
    assert_complete(folder.path());
    assert_eq!(*server.asked.lock().unwrap(), [None, Some(bytes.len() / 2)]);
    assert!(
        told.iter()
            .any(|progress| matches!(progress.state, State::MirrorFailed(_)))
    );
}

/// Catches a continuation that believes a server which sends the whole file, another part, or refuses.
#[test]
fn a_server_that_cannot_continue_starts_over() {
    let (_, bytes) = file();
    let elsewhere: Manner =
        Box::new(|_, stream| answer(stream, "206 Partial Content", "Content-Range: bytes 7-9/10\r\n", b"abc"));
    for second in [whole(&bytes), elsewhere, status("416 Range Not Satisfiable")] {
        let folder = tempfile::tempdir().unwrap();
        let server = serve(vec![half(&bytes), second, whole(&bytes)]);
        download(folder.path(), &[&server]).0.unwrap();
        assert_complete(folder.path());
    }
}

/// Catches a remainder of another file to which the rest is added for ever.
#[test]
fn a_wrong_beginning_is_thrown_away() {
    let (folder, (_, bytes)) = (tempfile::tempdir().unwrap(), file());
    fs::write(folder.path().join("train-labels-idx1-ubyte.gz.part"), [7; 1000]).unwrap();
    let server = serve(vec![ranged(&bytes)]);
    download(folder.path(), &[&server]).0.unwrap();
    assert_complete(folder.path());
    assert_eq!(*server.asked.lock().unwrap(), [Some(1000), None]);
}

/// Catches trust in `Content-Length`, whether it is too small or too large.
#[test]
fn a_wrong_length_does_not_matter() {
    let (_, bytes) = file();
    let folder = tempfile::tempdir().unwrap();
    let (short, good) = (serve(vec![lying(&bytes, bytes.len() - 10)]), serve(vec![whole(&bytes)]));
    download(folder.path(), &[&short, &good]).0.unwrap();
    assert_complete(folder.path());

    let folder = tempfile::tempdir().unwrap();
    let long = serve(vec![lying(&bytes, bytes.len() + 10)]);
    download(folder.path(), &[&long])
        .0
        .expect("all bytes came before the connection broke off");
    assert_complete(folder.path());
}

/// Catches a disk filled by a server that announces or sends without end.
#[test]
fn an_endless_file_is_refused() {
    let (folder, (wanted, bytes)) = (tempfile::tempdir().unwrap(), file());
    let endless: Manner = Box::new(|_, stream| {
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n");
        while stream.write_all(&[7; 4096]).is_ok() {}
    });
    let servers = [serve(vec![lying(&bytes, 1 << 40)]), serve(vec![endless])];
    let (result, told) = download(folder.path(), &[&servers[0], &servers[1]]);
    assert_sentence(&result.unwrap_err().to_string(), &["more bytes than the file has"]);
    assert_eq!(names(folder.path()), [""; 0], "nothing of it is kept");
    assert!(told.iter().all(|progress| progress.bytes_done < wanted.bytes + 100_000));
}

/// Catches wrong bytes that are kept, a bomb that is unpacked, and a second mirror that is not asked.
#[test]
fn wrong_bytes_are_not_kept() {
    let (_, bytes) = file();
    let mut altered = bytes.clone();
    altered[1000] ^= 1;
    for wrong in [
        altered,
        gzip(&vec![0; 20_000_000]),
        gzip(b"short"),
        b"<html>Sign in</html>".to_vec(),
        vec![],
    ] {
        let folder = tempfile::tempdir().unwrap();
        let (bad, good) = (serve(vec![whole(&wrong)]), serve(vec![whole(&bytes)]));
        let (result, _) = download(folder.path(), &[&bad]);
        assert_sentence(
            &result.unwrap_err().to_string(),
            &["train-labels-idx1-ubyte", &bad.url, "sent wrong bytes"],
        );
        assert_eq!(names(folder.path()), [""; 0]);
        download(folder.path(), &[&bad, &good]).0.unwrap();
        assert_complete(folder.path());
    }
}

/// Catches a mirror's refusal that ends everything, or is told without its reason.
#[test]
fn a_refusing_server_is_passed_over() {
    let (folder, (_, bytes)) = (tempfile::tempdir().unwrap(), file());
    let (missing, good) = (serve(vec![status("404 Not Found")]), serve(vec![whole(&bytes)]));
    let (result, _) = download(folder.path(), &[&missing]);
    assert_sentence(
        &result.unwrap_err().to_string(),
        &["train-labels-idx1-ubyte", "404 Not Found"],
    );
    download(folder.path(), &[&missing, &good]).0.unwrap();
    assert_complete(folder.path());

    let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let nobody = Server {
        url: format!("http://{free}/"),
        asked: Arc::default(),
    };
    fs::remove_file(folder.path().join("train-labels-idx1-ubyte.gz")).unwrap();
    assert!(download(folder.path(), &[&nobody]).0.is_err());
    download(folder.path(), &[&nobody, &good]).0.unwrap();
}

/// Catches a download that waits for ever, before or within the answer.
#[test]
fn a_silent_server_is_given_up() {
    let (_, bytes) = file();
    for said in [&b""[..], b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nabc"] {
        let folder = tempfile::tempdir().unwrap();
        let (mute, good) = (serve(vec![silent(said)]), serve(vec![whole(&bytes)]));
        let (result, told) = download_within(LITTLE_PATIENCE, folder.path(), &[&mute, &good]);
        result.unwrap();
        assert_complete(folder.path());
        let reasons: Vec<_> = told
            .iter()
            .filter(|progress| matches!(progress.state, State::MirrorFailed(_)))
            .collect();
        assert!(!reasons.is_empty() && reasons.iter().all(|progress| progress.mirror == mute.url));
    }
}

/// Catches a stop that waits for the server, and one that throws away what has arrived.
#[test]
fn a_stop_is_obeyed_at_once() {
    let (folder, (wanted, bytes)) = (tempfile::tempdir().unwrap(), file());
    let mut said = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n", bytes.len()).into_bytes();
    said.extend(&bytes[..1000]);
    let server = serve(vec![silent(&said), ranged(&bytes)]);
    let stop = AtomicBool::new(false);
    let mirrors = Mirrors {
        urls: vec![server.url.clone()],
        patience: Duration::from_secs(20),
    };
    let begun = Instant::now();
    let result = thread::scope(|scope| {
        scope.spawn(|| {
            let part = folder.path().join("train-labels-idx1-ubyte.gz.part");
            while part.metadata().map_or(0, |found| found.len()) < 1000 {
                thread::sleep(Duration::from_millis(5));
            }
            stop.store(true, Ordering::Relaxed);
        });
        fetch_files(
            std::slice::from_ref(&wanted),
            folder.path(),
            &mirrors,
            &mut |_| {},
            &stop,
        )
    });
    assert!(matches!(result, Err(FetchError::Stopped)));
    assert!(begun.elapsed() < Duration::from_secs(10), "it waited for the server");
    assert_eq!(names(folder.path()), ["train-labels-idx1-ubyte.gz.part"]);
    download(folder.path(), &[&server]).0.unwrap();
    assert_complete(folder.path());
    assert_eq!(*server.asked.lock().unwrap(), [None, Some(1000)]);
}

/// Catches a published set with a file too few or a mirror's address that cannot be joined with a name.
#[test]
fn the_published_sets_are_described() {
    for set in [Set::Mnist, Set::FashionMnist] {
        let files = published_files(set);
        assert_eq!(files.len(), 4);
        assert!(
            files
                .iter()
                .all(|file| file.sha256.len() == 64 && file.gzip_bytes < file.bytes)
        );
        assert!(
            Mirrors::public(set)
                .urls
                .iter()
                .all(|url| url.starts_with("http") && url.ends_with('/'))
        );
    }
    let nothing = fetch(
        Set::Own,
        Path::new("."),
        &Mirrors::public(Set::Own),
        &mut |_| {},
        &AtomicBool::new(false),
    );
    assert_sentence(&nothing.unwrap_err().to_string(), &["Own images", "published"]);
}

/// Catches full sets whose published hashes are wrong: they would be downloaded again each time.
#[test]
fn full_sets_are_recognized_as_complete() {
    let Some(root) = std::env::var_os("SOMNOSCOPE_DATA") else {
        println!("SOMNOSCOPE_DATA is not set: the hashes of the full sets were not compared");
        return;
    };
    for set in [Set::Mnist, Set::FashionMnist] {
        let folder = Path::new(&root).join(set.id());
        let nobody = Mirrors {
            urls: vec![],
            patience: PATIENCE,
        };
        let mut told = Vec::new();
        fetch(
            set,
            &folder,
            &nobody,
            &mut |progress| told.push(progress.state),
            &AtomicBool::new(false),
        )
        .unwrap();
        assert_eq!(told, vec![State::Present; 4]);
    }
}
