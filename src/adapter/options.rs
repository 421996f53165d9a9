//! The options of `Connection` lines.

/// What is left of the options in these lines without `name`, as one line, which
/// may be empty; `None` where none of them is `name`.
pub(super) fn without_option<'l>(
    lines: impl Iterator<Item = &'l [u8]>,
    name: &str,
) -> Option<Vec<u8>> {
    let is_it = |option: &&[u8]| option.trim_ascii().eq_ignore_ascii_case(name.as_bytes());
    let options: Vec<&[u8]> = lines
        .flat_map(|line| line.split(|&byte| byte == b','))
        .collect();
    if !options.iter().any(is_it) {
        return None;
    }
    let kept: Vec<&[u8]> = options
        .into_iter()
        .filter(|option| !is_it(option))
        .collect();
    Some(kept.join(&b','))
}
