//! What the source says of a struct: its fields, their types and documentation.

/// A field: its name when serialised, its type, its documentation without links.
pub(crate) struct Field {
    pub(crate) name: String,
    pub(crate) of_type: String,
    pub(crate) about: String,
}

/// The fields of `pub struct NAME` in `source` that are serialised.
pub(crate) fn fields(source: &str, name: &str) -> Vec<Field> {
    let lines = source.lines().skip_while(|line| {
        let rest = line.strip_prefix("pub struct ");
        rest.is_none_or(|rest| rest.split([' ', '<']).next() != Some(name))
    });
    let (mut fields, mut about) = (Vec::new(), Vec::new());
    let (mut skipped, mut renamed) = (false, None);
    for line in lines.skip(1).map(str::trim).take_while(|line| *line != "}") {
        if let Some(text) = line.strip_prefix("///") {
            about.push(text.trim());
        } else if let Some(name) = line.strip_prefix("#[serde(rename = \"") {
            renamed = Some(name.trim_end_matches("\")]").to_owned());
        } else if line == "#[serde(skip)]" {
            skipped = true;
        } else if let Some(field) = line.strip_prefix("pub ") {
            let (name, of_type) = field.trim_end_matches(',').split_once(": ").unwrap();
            if !skipped {
                fields.push(Field {
                    name: renamed.take().unwrap_or_else(|| name.to_owned()),
                    of_type: of_type.to_owned(),
                    about: without_links(&about.join(" ")),
                });
            }
            about.clear();
            skipped = false;
        }
    }
    assert!(!fields.is_empty(), "{name}");
    fields
}

/// The text with `X` in place of [`X`] and [`X`](place).
fn without_links(text: &str) -> String {
    let mut plain = String::new();
    let mut rest = text;
    while let Some((before, link)) = rest.split_once("[`") {
        let (name, after) = link.split_once("`]").unwrap();
        plain.push_str(&format!("{before}`{name}`"));
        rest = match after.strip_prefix('(') {
            Some(place) => place.split_once(')').unwrap().1,
            None => after,
        };
    }
    plain + rest
}
