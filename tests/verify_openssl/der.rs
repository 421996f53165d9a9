//! DER as far as certificates and lists need it.

pub(crate) fn tlv(tag: u8, content: &[u8]) -> Vec<u8> {
    let length = content.len();
    let mut der = vec![tag];
    match length {
        0..=0x7F => der.push(length as u8),
        0x80..=0xFF => der.extend([0x81, length as u8]),
        _ => der.extend([0x82, (length >> 8) as u8, length as u8]),
    }
    der.extend(content);
    der
}

pub(crate) fn seq(parts: &[&[u8]]) -> Vec<u8> {
    tlv(0x30, &parts.concat())
}

/// An INTEGER that is not negative.
pub(crate) fn int(value: u64) -> Vec<u8> {
    let octets = value.to_be_bytes();
    let zeros = octets.iter().take_while(|octet| **octet == 0).count();
    let mut content = octets[zeros.min(7)..].to_vec();
    if content[0] & 0x80 != 0 {
        content.insert(0, 0);
    }
    tlv(0x02, &content)
}

pub(crate) fn oid(text: &str) -> Vec<u8> {
    let mut arcs = text.split('.').map(|arc| arc.parse::<u64>().unwrap());
    let first = arcs.next().unwrap() * 40 + arcs.next().unwrap();
    let mut content = vec![first as u8];
    for arc in arcs {
        let mut groups = vec![(arc & 0x7F) as u8];
        let mut rest = arc >> 7;
        while rest > 0 {
            groups.push((rest & 0x7F) as u8 | 0x80);
            rest >>= 7;
        }
        content.extend(groups.iter().rev());
    }
    tlv(0x06, &content)
}

/// `YYMMDDHHMMSSZ` or `YYYYMMDDHHMMSSZ`.
pub(crate) fn time(text: &str) -> Vec<u8> {
    tlv(if text.len() == 13 { 0x17 } else { 0x18 }, text.as_bytes())
}

pub(crate) fn bits(octets: &[u8]) -> Vec<u8> {
    tlv(0x03, &[&[0], octets].concat())
}

pub(crate) const UTF8: u8 = 0x0C;
pub(crate) const PRINTABLE: u8 = 0x13;
pub(crate) const IA5: u8 = 0x16;

/// A Name of one attribute an RDN: object identifier, type of string and text.
pub(crate) fn name(attributes: &[(&str, u8, &str)]) -> Vec<u8> {
    let rdns = attributes.iter().map(|(kind, tag, text)| {
        let attribute = seq(&[&oid(kind), &tlv(*tag, text.as_bytes())]);
        tlv(0x31, &attribute)
    });
    tlv(0x30, &rdns.collect::<Vec<_>>().concat())
}

pub(crate) const CN: &str = "2.5.4.3";
pub(crate) const O: &str = "2.5.4.10";
pub(crate) const EMAIL: &str = "1.2.840.113549.1.9.1";

pub(crate) fn cn(text: &str) -> Vec<u8> {
    name(&[(CN, UTF8, text)])
}

/// An Extension of this kind.
pub(crate) fn extension(kind: &str, critical: bool, value: &[u8]) -> Vec<u8> {
    let flag = if critical { tlv(0x01, &[0xFF]) } else { vec![] };
    seq(&[&oid(kind), &flag, &tlv(0x04, value)])
}

pub(crate) fn pem(label: &str, der: &[u8]) -> String {
    use base64::Engine as _;
    let base64 = base64::engine::general_purpose::STANDARD.encode(der);
    let lines = base64.as_bytes().chunks(64);
    let lines = lines.map(|line| str::from_utf8(line).unwrap());
    let body: Vec<_> = lines.collect();
    let body = body.join("\n");
    format!("-----BEGIN {label}-----\n{body}\n-----END {label}-----\n")
}
