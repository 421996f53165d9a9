//! `--serve`: stays up, for a look around with curl.

use std::fs::{self, DirBuilder, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use super::Error;
use super::pki::{Holder, Pki};
use super::scenario::Service;
use super::stack::Stack;
use super::tokens::{ACME, ACME_BOUND};

/// Prints commands to try and runs until Ctrl-C or SIGTERM.
pub(crate) async fn serve(mut stack: Stack) -> Result<(), Error> {
    let directory = FreshDirectory::create()?;
    write_files(&directory.0, &stack.pki)?;
    let mut out = io::stdout();
    writeln!(out, "{}", commands(&directory.0, &stack))?;
    let mut stop = std::pin::pin!(stopped());
    loop {
        tokio::select! {
            done = &mut stop => return Ok(done?),
            Some(record) = stack.records.recv() => {
                writeln!(out, "{}", serde_json::to_string(&record)?)?;
            }
        }
    }
}

fn commands(directory: &Path, stack: &Stack) -> String {
    let (payments, workflow) = (
        stack.addresses(Service::Payments),
        stack.addresses(Service::Workflow),
    );
    let of = |holder: Holder| {
        let name = holder.name();
        format!("--cert {name}.pem --key {name}.key")
    };
    let (acme, bulk) = (of(Holder::Acme), of(Holder::Bulk));
    let (beta, impostor) = (of(Holder::Beta), of(Holder::Impostor));
    let curl = "curl -i --cacert ca.pem --interface 127.0.113.42";
    let charges = format!(
        "https://localhost:{}/payments/v1/charges",
        payments.edge.port()
    );
    let workflow = format!("https://localhost:{}", workflow.edge.port());
    let past_the_edge = format!("http://{}/payments/v1/charges", payments.service);
    let directory = directory.display();
    format!(
        "\
cd {directory}

# 200
{curl} {acme} {charges}
# 401 certificate_missing
{curl} {charges}
# the handshake is refused
{curl} {impostor} {charges}
# 405, Allow: GET, POST
{curl} {acme} -X DELETE {charges}
# 403 collection_not_allowed
{curl} {beta} {charges}
# 403 ip_not_allowed
curl -i --cacert ca.pem --interface 127.0.51.7 {acme} {charges}
# 400 path_malformed
{curl} {acme} --path-as-is {charges}/../admin
# 401 certificate_missing: a forged header past the edge
curl -i -H @acme.client-cert {past_the_edge}
# 200 500 times, then 429
curl -s -o answer -w '%{{http_code}}\\n' --cacert ca.pem --interface 127.0.113.42 \\
  {bulk} '{charges}?[1-501]' | sort | uniq -c

# 200
{curl} {acme} -X POST -H 'Authorization: Bearer {ACME_BOUND}' {workflow}/execute
# 401 sender_binding_mismatch
{curl} {bulk} -X POST -H 'Authorization: Bearer {ACME_BOUND}' {workflow}/execute
# 401 certificate_missing
{curl} -X POST -H 'Authorization: Bearer {ACME}' {workflow}/execute
# 200
{curl} -H 'Authorization: Bearer {ACME}' {workflow}/workflow/status
# 403 client_profile_mismatch
{curl} -H 'Authorization: Bearer {ACME}' -H 'X-Profile-ID: aisp-prod' {workflow}/workflow/status

Audit records follow. Ctrl-C stops, and removes the directory."
    )
}

/// A directory that did not exist before, for the owner alone, and that goes
/// away with this value: private keys lie in it.
struct FreshDirectory(PathBuf);

impl FreshDirectory {
    fn create() -> Result<Self, Error> {
        let name = format!("certgate-partner-gateway-{}", std::process::id());
        let directory = std::env::temp_dir().join(name);
        let mut builder = DirBuilder::new();
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder.create(&directory)?;
        Ok(Self(directory))
    }
}

impl Drop for FreshDirectory {
    fn drop(&mut self) {
        // Nobody is left to be told of a failure.
        fs::remove_dir_all(&self.0).ok();
    }
}

fn write_files(directory: &Path, pki: &Pki) -> Result<(), Error> {
    write(directory, "ca.pem", pki.authority_pem())?;
    for holder in Holder::ALL {
        let (name, credential) = (holder.name(), pki.of(holder));
        write(
            directory,
            &format!("{name}.pem"),
            &credential.certificate_pem(),
        )?;
        write(directory, &format!("{name}.key"), &credential.key_pem())?;
    }
    let acme = certgate::certificate::CertInfo::from_der(pki.of(Holder::Acme).der().to_vec())?;
    let line = format!("Client-Cert: {}\n", acme.to_rfc9440());
    write(directory, "acme.client-cert", &line)
}

fn write(directory: &Path, name: &str, text: &str) -> Result<(), Error> {
    let path = directory.join(name);
    let mut file = OpenOptions::new().write(true).create_new(true).open(path)?;
    Ok(file.write_all(text.as_bytes())?)
}

/// Ctrl-C, or SIGTERM where there is one.
async fn stopped() -> io::Result<()> {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let mut terminated = signal(SignalKind::terminate())?;
        tokio::select! {
            done = tokio::signal::ctrl_c() => done,
            _ = terminated.recv() => Ok(()),
        }
    }
    #[cfg(not(unix))]
    tokio::signal::ctrl_c().await
}
