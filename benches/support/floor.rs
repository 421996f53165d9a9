//! The floors: what cannot be left out, as fast as is reasonable in safe Rust,
//! and nothing else. They check no more than they need to go on, so none of
//! them could stand in a service.

use std::collections::HashMap;
use std::hint::black_box;
use std::sync::atomic::{AtomicU64, Ordering};

use base64_simd::{Out, STANDARD};
use http::HeaderMap;
use sha2::{Digest as _, Sha256};
use wide::u8x16;

use super::certificates::Certificate;
use super::requests::{ENOUGH, NGINX_CERTIFICATE, NGINX_STATUS};

/// Buffers that every decision uses again.
#[derive(Default)]
pub(crate) struct Buffers {
    base64: Vec<u8>,
    der: Vec<u8>,
}

/// What a decision takes from a certificate.
pub(crate) struct Needed<'a> {
    pub(crate) issuer: &'a [u8],
    pub(crate) not_before: i64,
    pub(crate) not_after: i64,
    pub(crate) common_name: &'a [u8],
    pub(crate) unit: &'a [u8],
    pub(crate) alternative_names: &'a [u8],
    pub(crate) key_usage: &'a [u8],
    pub(crate) extended_key_usage: &'a [u8],
}

/// Unescape, decode, walk, hash. Gives the client and the thumbprint.
pub(crate) fn pem<'b>(value: &[u8], buffers: &'b mut Buffers) -> Option<(&'b [u8], [u8; 32])> {
    let base64 = unescape(value, &mut buffers.base64)?;
    read(decode(base64, &mut buffers.der)?)
}

/// Decode, walk, hash.
pub(crate) fn base64<'b>(value: &[u8], buffers: &'b mut Buffers) -> Option<(&'b [u8], [u8; 32])> {
    read(decode(value, &mut buffers.der)?)
}

fn read(der: &[u8]) -> Option<(&[u8], [u8; 32])> {
    let needed = black_box(walk(der)?);
    Some((needed.common_name, hash(der)))
}

/// One pass from the header value to the base64 of its body: sixteen bytes at
/// a time up to the next escape.
pub(crate) fn unescape<'b>(value: &[u8], base64: &'b mut Vec<u8>) -> Option<&'b [u8]> {
    let body = value
        .strip_prefix(b"-----BEGIN%20CERTIFICATE-----%0A")?
        .strip_suffix(b"-----END%20CERTIFICATE-----%0A")?;
    if base64.len() < value.len() + 16 {
        base64.resize(value.len() + 16, 0);
    }
    let percent = u8x16::splat(b'%');
    let (mut rest, mut length) = (body, 0);
    while let Some((block, _)) = rest.split_first_chunk::<16>() {
        *base64.get_mut(length..)?.first_chunk_mut::<16>()? = *block;
        let escapes = u8x16::new(*block).simd_eq(percent).to_bitmask();
        if escapes == 0 {
            (rest, length) = (&rest[16..], length + 16);
            continue;
        }
        let run = escapes.trailing_zeros() as usize;
        length += run;
        rest = &rest[run..];
        let (escape, after) = rest.split_first_chunk::<3>()?;
        let byte = digit(escape[1])? << 4 | digit(escape[2])?;
        base64[length] = byte;
        length += usize::from(byte != b'\n');
        rest = after;
    }
    while let Some((&byte, after)) = rest.split_first() {
        if byte == b'%' {
            let (escape, after) = rest.split_first_chunk::<3>()?;
            let byte = digit(escape[1])? << 4 | digit(escape[2])?;
            base64[length] = byte;
            length += usize::from(byte != b'\n');
            rest = after;
        } else {
            base64[length] = byte;
            length += 1;
            rest = after;
        }
    }
    base64.get(..length)
}

fn digit(ascii: u8) -> Option<u8> {
    match ascii {
        b'0'..=b'9' => Some(ascii - b'0'),
        b'A'..=b'F' => Some(ascii - b'A' + 10),
        b'a'..=b'f' => Some(ascii - b'a' + 10),
        _ => None,
    }
}

/// Base64 with the processor's widest instructions, into a buffer.
pub(crate) fn decode<'b>(base64: &[u8], der: &'b mut Vec<u8>) -> Option<&'b [u8]> {
    let most = base64.len() / 4 * 3;
    if der.len() < most {
        der.resize(most, 0);
    }
    let decoded = STANDARD.decode(base64, Out::from_slice(der)).ok()?;
    Some(decoded)
}

/// The SHA-256 of the certificate.
pub(crate) fn hash(der: &[u8]) -> [u8; 32] {
    Sha256::digest(der).into()
}

/// One walk that stops only at what a decision needs: issuer, validity, common
/// name, unit, and where the extensions about names and use are.
pub(crate) fn walk(der: &[u8]) -> Option<Needed<'_>> {
    let mut certificate = element(&mut &*der, 0x30)?;
    let mut fields = element(&mut certificate, 0x30)?;
    any(&mut fields)?; // version
    any(&mut fields)?; // serial
    any(&mut fields)?; // algorithm
    let issuer = element(&mut fields, 0x30)?;
    let mut validity = element(&mut fields, 0x30)?;
    let mut needed = Needed {
        issuer,
        not_before: seconds(any(&mut validity)?.1)?,
        not_after: seconds(any(&mut validity)?.1)?,
        common_name: &[],
        unit: &[],
        alternative_names: &[],
        key_usage: &[],
        extended_key_usage: &[],
    };
    let mut subject = element(&mut fields, 0x30)?;
    while !subject.is_empty() {
        let mut set = element(&mut subject, 0x31)?;
        let mut attribute = element(&mut set, 0x30)?;
        match element(&mut attribute, 0x06)? {
            [0x55, 4, 3] => needed.common_name = any(&mut attribute)?.1,
            [0x55, 4, 11] => needed.unit = any(&mut attribute)?.1,
            _ => {}
        }
    }
    any(&mut fields)?; // public key
    let mut wrapper = element(&mut fields, 0xA3)?;
    let mut extensions = element(&mut wrapper, 0x30)?;
    while !extensions.is_empty() {
        let mut extension = element(&mut extensions, 0x30)?;
        let place = match element(&mut extension, 0x06)? {
            [0x55, 0x1D, 15] => &mut needed.key_usage,
            [0x55, 0x1D, 17] => &mut needed.alternative_names,
            [0x55, 0x1D, 37] => &mut needed.extended_key_usage,
            _ => continue,
        };
        let (tag, value) = any(&mut extension)?;
        *place = if tag == 0x01 {
            any(&mut extension)?.1
        } else {
            value
        };
    }
    Some(needed)
}

fn element<'a>(input: &mut &'a [u8], tag: u8) -> Option<&'a [u8]> {
    any(input)
        .filter(|(found, _)| *found == tag)
        .map(|(_, content)| content)
}

fn any<'a>(input: &mut &'a [u8]) -> Option<(u8, &'a [u8])> {
    let (tag, length, rest) = match **input {
        [tag, length @ ..=0x7F, ref rest @ ..] | [tag, 0x81, length, ref rest @ ..] => {
            (tag, usize::from(length), rest)
        }
        [tag, 0x82, high, low, ref rest @ ..] => {
            (tag, usize::from(u16::from_be_bytes([high, low])), rest)
        }
        _ => return None,
    };
    let (content, rest) = rest.split_at_checked(length)?;
    *input = rest;
    Some((tag, content))
}

/// Seconds since the epoch of a UTCTime of this century.
fn seconds(time: &[u8]) -> Option<i64> {
    let &[y1, y2, mo1, mo2, d1, d2, h1, h2, mi1, mi2, s1, s2, b'Z'] = time else {
        return None;
    };
    let number = |tens: u8, ones: u8| i64::from(tens - b'0') * 10 + i64::from(ones - b'0');
    // The year begins in March, so that a leap day is its last.
    let month = (number(mo1, mo2) + 9) % 12;
    let year = number(y1, y2) - i64::from(month >= 10);
    let day = 365 * year + year.div_euclid(4) + (153 * month + 2) / 5 + number(d1, d2) - 1;
    let second_of_day = number(h1, h2) * 3600 + number(mi1, mi2) * 60 + number(s1, s2);
    // 2000-03-01.
    Some(951_868_800 + day * 86_400 + second_of_day)
}

/// What a warm decision cannot leave out: one pass over the header lines, hash
/// and compare of the certificate's, the binding, the path, the address, two
/// counters.
pub(crate) struct Warm {
    known: HashMap<Box<[u8]>, Known, foldhash::quality::RandomState>,
}

struct Known {
    client: String,
    thumbprint: [u8; 32],
    collection: &'static str,
    addresses: [(u32, u32); 2],
    rate: AtomicU64,
    quota: AtomicU64,
}

impl Warm {
    pub(crate) fn new<'c>(certificates: impl IntoIterator<Item = &'c Certificate>) -> Self {
        let known = certificates.into_iter().map(|certificate| {
            let known = Known {
                client: certificate.client.clone(),
                thumbprint: certificate.thumbprint,
                collection: "/payments",
                addresses: [(0xC633_6400, 0xC633_647F), (0xCB00_7100, 0xCB00_71FF)],
                rate: AtomicU64::new(0),
                quota: AtomicU64::new(0),
            };
            (certificate.escaped_pem.as_bytes().into(), known)
        });
        Self {
            known: known.collect(),
        }
    }

    pub(crate) fn decide(&self, lines: &HeaderMap, target: &str, bound: &[u8; 32]) -> Option<&str> {
        let (mut certificate, mut status, mut forwarded_for) = (None, None, None);
        for (name, value) in lines {
            let place = match name.as_str() {
                NGINX_CERTIFICATE => &mut certificate,
                NGINX_STATUS => &mut status,
                "x-forwarded-for" => &mut forwarded_for,
                _ => continue,
            };
            *place = Some(value);
        }
        if status? != "SUCCESS" {
            return None;
        }
        let known = self.known.get(certificate?.as_bytes())?;
        let path = target.split_once('?').map_or(target, |(path, _)| path);
        let below = path.strip_prefix(known.collection)?;
        let address: std::net::Ipv4Addr = forwarded_for?.to_str().ok()?.parse().ok()?;
        let address = address.to_bits();
        let listed = known
            .addresses
            .iter()
            .any(|&(first, last)| (first..=last).contains(&address));
        let full = known.rate.fetch_add(1, Ordering::Relaxed) >= u64::from(ENOUGH)
            || known.quota.fetch_add(1, Ordering::Relaxed) >= u64::from(ENOUGH);
        let allowed = known.thumbprint == *bound
            && (below.is_empty() || below.starts_with('/'))
            && listed
            && !full;
        allowed.then_some(&*known.client)
    }
}
