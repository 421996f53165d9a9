//! What the program is asked to do.

pub(crate) const USAGE: &str = "usage: ca new DIR --name NAME
       ca client DIR --client ID --profile ID [--days N]
       ca rotate DIR";

/// A command, whose names are fit for certificates and for files.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Command {
    New {
        directory: String,
        name: String,
    },
    Client {
        directory: String,
        client: String,
        profile: String,
        days: u32,
    },
    Rotate {
        directory: String,
    },
}

/// How long a client's certificate is valid unless `--days` says otherwise.
const DAYS: u32 = 90;

/// The longest common name (RFC 5280 appendix A.1), less the number of an authority.
const LONGEST: usize = 60;

impl Command {
    pub(crate) fn parse(arguments: &[String]) -> Result<Self, String> {
        let [command, directory, options @ ..] = arguments else {
            return Err(USAGE.to_owned());
        };
        let directory = directory.clone();
        let known: &[&str] = match command.as_str() {
            "new" => &["--name"],
            "client" => &["--client", "--profile", "--days"],
            "rotate" => &[],
            _ => return Err(USAGE.to_owned()),
        };
        let options = Options::read(options, known)?;
        Ok(match command.as_str() {
            "new" => Self::New {
                directory,
                name: name(options.required("--name")?)?,
            },
            "client" => Self::Client {
                directory,
                client: id(options.required("--client")?)?,
                profile: id(options.required("--profile")?)?,
                days: options.value("--days").map_or(Ok(DAYS), days)?,
            },
            _ => Self::Rotate { directory },
        })
    }
}

/// Options with a value each, and each once.
struct Options<'a>(Vec<(&'a str, &'a str)>);

impl<'a> Options<'a> {
    fn read(arguments: &'a [String], known: &[&str]) -> Result<Self, String> {
        let mut found: Vec<(&str, &str)> = Vec::new();
        for pair in arguments.chunks(2) {
            let [name, value] = pair else {
                return Err(USAGE.to_owned());
            };
            let is_new = !found.iter().any(|(other, _)| other == name);
            if !is_new || !known.contains(&name.as_str()) {
                return Err(USAGE.to_owned());
            }
            found.push((name, value));
        }
        Ok(Self(found))
    }

    fn value(&self, name: &str) -> Option<&'a str> {
        let found = self.0.iter().find(|(known, _)| *known == name)?;
        Some(found.1)
    }

    fn required(&self, name: &str) -> Result<&'a str, String> {
        self.value(name).ok_or_else(|| USAGE.to_owned())
    }
}

/// The name of an authority, which the policy has to spell as well.
fn name(text: &str) -> Result<String, String> {
    let is_fit = |c: char| c.is_ascii_alphanumeric() || matches!(c, ' ' | '-' | '.');
    if text.is_empty() || text.len() > LONGEST || !text.chars().all(is_fit) || text.trim() != text {
        return Err("a name has 1 to 60 letters, digits, spaces, - and .".to_owned());
    }
    Ok(text.to_owned())
}

/// The id of a client or a profile, which is part of the name of a file, too.
fn id(text: &str) -> Result<String, String> {
    let is_fit = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
    if text.is_empty() || text.len() > LONGEST || !text.chars().all(is_fit) {
        return Err("an id has 1 to 60 letters, digits, - and _".to_owned());
    }
    Ok(text.to_owned())
}

fn days(text: &str) -> Result<u32, String> {
    match text.parse() {
        Ok(days @ 1..=3650) => Ok(days),
        _ => Err("--days takes 1 to 3650".to_owned()),
    }
}
