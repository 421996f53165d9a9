//! The directory of the authorities: what is written is new, and keys are their
//! owner's alone.

use std::error::Error;
use std::fs::{self, DirBuilder, OpenOptions};
use std::io::Write as _;
use std::path::{Path, PathBuf};

use certgate::certificate::CertInfo;

use super::authority::{Authority, Issued};

/// A directory with an authority at least, once one was added.
pub(crate) struct Directory(PathBuf);

/// Who may read a file.
#[derive(Clone, Copy)]
enum Readers {
    Owner,
    All,
}

type Done<T> = Result<T, Box<dyn Error>>;

impl Directory {
    /// One that is not there, or empty.
    pub(crate) fn create(path: &str) -> Done<Self> {
        let path = PathBuf::from(path);
        let is_taken = fs::read_dir(&path).is_ok_and(|mut entries| entries.next().is_some());
        if is_taken {
            return Err(format!("{} is there and not empty", path.display()).into());
        }
        Ok(Self(path))
    }

    /// One with authorities.
    pub(crate) fn open(path: &str) -> Done<Self> {
        let directory = Self(PathBuf::from(path));
        match directory.last()? {
            0 => Err(format!("{path} has no authority; make one with: ca new").into()),
            _ => Ok(directory),
        }
    }

    /// Every authority, for whoever verifies clients.
    pub(crate) fn trusted(&self) -> PathBuf {
        self.0.join("trusted.pem")
    }

    /// The number of the authority that signs, or 0.
    pub(crate) fn last(&self) -> Done<u32> {
        let mut last = 0;
        while self.authority(last + 1).join("ca.pem").try_exists()? {
            last += 1;
        }
        Ok(last)
    }

    /// The directory of an authority.
    pub(crate) fn authority(&self, number: u32) -> PathBuf {
        self.0.join(number.to_string())
    }

    /// The authority that signs.
    pub(crate) fn signer(&self) -> Done<Authority> {
        self.read(self.last()?)
    }

    pub(crate) fn read(&self, number: u32) -> Done<Authority> {
        let folder = self.authority(number);
        let certificate = read(&folder.join("ca.pem"))?;
        Authority::read(certificate, &read(&folder.join("ca.key"))?)
    }

    /// Writes an authority down as the one that signs, and what is trusted anew.
    pub(crate) fn add_authority(&self, authority: &Authority) -> Done<()> {
        let number = self.last()? + 1;
        let folder = self.authority(number);
        make_directory(&folder.join("clients"))?;
        write_new(
            &folder.join("ca.key"),
            &authority.key.serialize_pem(),
            Readers::Owner,
        )?;
        // Last, since it says that the authority is there.
        write_new(&folder.join("ca.pem"), &authority.pem, Readers::All)?;
        self.trust(authority)
    }

    /// Adds an authority to those that are trusted. One that was taken out stays
    /// out. It is done in one step, so that whoever reads the file never finds half.
    fn trust(&self, authority: &Authority) -> Done<()> {
        let mut trusted = match self.last()? {
            1 => String::new(),
            _ => read(&self.trusted())?,
        };
        trusted.push_str(&authority.pem);
        let draft = self.0.join("trusted.pem.new");
        fs::remove_file(&draft).ok();
        write_new(&draft, &trusted, Readers::All)?;
        Ok(fs::rename(draft, self.trusted())?)
    }

    /// The names of the authorities that are trusted, as the policy writes them.
    pub(crate) fn trusted_issuers(&self) -> Done<Vec<String>> {
        let mut issuers = Vec::new();
        for block in pem::parse_many(read(&self.trusted())?)? {
            let certificate = CertInfo::from_der(block.into_contents())?;
            issuers.push(certificate.subject().to_string());
        }
        Ok(issuers)
    }

    /// Writes down what the last authority signed; gives the file of the certificate.
    pub(crate) fn add_client(&self, client: &str, profile: &str, issued: &Issued) -> Done<PathBuf> {
        let folder = self.authority(self.last()?).join("clients");
        let certificate = folder.join(format!("{client}.{profile}.pem"));
        write_new(&certificate, &issued.pem, Readers::All)?;
        write_new(
            &certificate.with_extension("key"),
            &issued.key,
            Readers::Owner,
        )?;
        Ok(certificate)
    }
}

fn read(path: &Path) -> Done<String> {
    fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()).into())
}

fn make_directory(path: &Path) -> Done<()> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder
        .create(path)
        .map_err(|error| format!("{}: {error}", path.display()).into())
}

/// Writes a file that is not there.
fn write_new(path: &Path, text: &str, readers: Readers) -> Done<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(
        &mut options,
        match readers {
            Readers::Owner => 0o600,
            Readers::All => 0o644,
        },
    );
    #[cfg(not(unix))]
    let _ = readers;
    let mut file = match options.open(path) {
        Ok(file) => file,
        Err(error) => {
            return Err(format!("{}: {error}; move it away first", path.display()).into());
        }
    };
    Ok(file.write_all(text.as_bytes())?)
}
