//! Files that are written whole or not at all.

use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

/// A file that is complete and on the disk, but has not got its name yet. Dropped, it is gone.
#[derive(Debug)]
pub struct Pending {
    file: NamedTempFile,
    path: PathBuf,
}

/// Writes a file beside its place-to-be, under a temporary name.
pub fn prepare(
    path: &Path,
    write: impl FnOnce(&mut BufWriter<&std::fs::File>) -> io::Result<()>,
) -> io::Result<Pending> {
    let file = create(folder_of(path))?;
    let mut writer = BufWriter::new(file.as_file());
    write(&mut writer)?;
    writer.flush()?;
    drop(writer);
    file.as_file().sync_all()?;
    Ok(Pending {
        file,
        path: path.to_owned(),
    })
}

/// Writes a file under a temporary name and then gives it its own, replacing what stood there.
///
/// # Errors
/// If the operating system refuses; what stood there is then as it was.
pub fn write_whole(
    path: &Path,
    write: impl FnOnce(&mut BufWriter<&std::fs::File>) -> io::Result<()>,
) -> io::Result<()> {
    prepare(path, write).and_then(Pending::place)
}

impl Pending {
    /// Where the file will be.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Gives the file its name, replacing what stood there.
    pub fn place(self) -> io::Result<()> {
        self.file.persist(&self.path).map(drop).map_err(|error| error.error)
    }
}

/// The folder of a file; the current one for a bare name.
pub fn folder_of(path: &Path) -> &Path {
    match path.parent() {
        Some(folder) if folder != Path::new("") => folder,
        _ => Path::new("."),
    }
}

/// A temporary file that, unlike those for secrets, everybody may read whom the account lets.
#[cfg(unix)]
fn create(folder: &Path) -> io::Result<NamedTempFile> {
    use std::os::unix::fs::PermissionsExt as _;
    tempfile::Builder::new()
        .prefix(".somnoscope-")
        .permissions(std::fs::Permissions::from_mode(0o666))
        .tempfile_in(folder)
}

/// Elsewhere, files have the permissions of their folder.
#[cfg(not(unix))]
fn create(folder: &Path) -> io::Result<NamedTempFile> {
    tempfile::Builder::new().prefix(".somnoscope-").tempfile_in(folder)
}
