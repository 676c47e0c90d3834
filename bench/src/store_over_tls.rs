//! A DynamoDB behind TLS with a certificate authority of its own.

use anyhow::{Context, Result};
use dynoxide::Database;
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair};
use serde_json::{Map, Value, json};
use std::{
    net::SocketAddr,
    path::PathBuf,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    task::{Context as Task, Poll},
};
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::{TcpListener, TcpStream},
};
use tokio_rustls::{
    TlsAcceptor,
    rustls::{
        ServerConfig,
        pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer},
    },
};

pub(crate) const TABLE: &str = "qarion";

/// The served table.
pub(crate) struct StoreOverTls {
    /// `https://localhost:…`
    pub(crate) endpoint: String,
    /// The same store without TLS, to seed it.
    pub(crate) plain_endpoint: String,
    /// Our authority alone, as PEM.
    pub(crate) authority: PathBuf,
    /// The machine's authorities and ours, as PEM: what a default setup would read.
    pub(crate) all_authorities: PathBuf,
    /// How many bytes came over TLS until now: where there are no more, no call was made.
    pub(crate) sent: Arc<AtomicU64>,
}

/// The table in plain HTTP.
pub(crate) async fn serve_plain() -> Result<SocketAddr> {
    let database = Database::memory()?;
    create_table(&database)?;
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    tokio::spawn(dynoxide::server::serve_on(listener, database));
    Ok(address)
}

/// Makes the table in an empty database.
pub(crate) fn create_table(database: &Database) -> Result<()> {
    database.create_table(serde_json::from_value(definition()?)?)?;
    Ok(())
}

pub(crate) async fn serve() -> Result<StoreOverTls> {
    let plain = serve_plain().await?;
    let key = KeyPair::generate()?;
    let mut authority = CertificateParams::new(Vec::new())?;
    // Another name than the server's: OpenSSL takes a certificate whose issuer has its own name for self-signed.
    authority.distinguished_name.push(DnType::CommonName, "Bench authority");
    authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let authority = CertifiedIssuer::self_signed(authority, key)?;
    let server_key = KeyPair::generate()?;
    let server = CertificateParams::new(vec!["localhost".to_owned()])?.signed_by(&server_key, &authority)?;
    let config = ServerConfig::builder().with_no_client_auth().with_single_cert(
        vec![server.der().clone()],
        PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(server_key.serialize_der())),
    )?;
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let endpoint = format!("https://localhost:{}", listener.local_addr()?.port());
    let sent = Arc::new(AtomicU64::new(0));
    tokio::spawn(terminate(listener, TlsAcceptor::from(Arc::new(config)), plain, Arc::clone(&sent)));

    let folder = std::env::temp_dir().join(format!("qarion-bench-{}", std::process::id()));
    std::fs::create_dir_all(&folder)?;
    let (own, all) = (folder.join("authority.pem"), folder.join("all.pem"));
    std::fs::write(&own, authority.pem())?;
    let machine = std::fs::read_to_string("/etc/ssl/certs/ca-certificates.crt")
        .context("the machine's certificates are not where Debian, Ubuntu and Amazon Linux have them")?;
    std::fs::write(&all, machine + &authority.pem())?;
    Ok(StoreOverTls {
        endpoint,
        plain_endpoint: format!("http://{plain}"),
        authority: own,
        all_authorities: all,
        sent,
    })
}

/// Takes TLS off and passes on the rest.
async fn terminate(listener: TcpListener, acceptor: TlsAcceptor, to: SocketAddr, sent: Arc<AtomicU64>) {
    while let Ok((client, _)) = listener.accept().await {
        let (acceptor, sent) = (acceptor.clone(), Arc::clone(&sent));
        tokio::spawn(async move {
            client.set_nodelay(true)?;
            let mut client = Counted { stream: acceptor.accept(client).await?, read: sent };
            let mut server = TcpStream::connect(to).await?;
            server.set_nodelay(true)?;
            tokio::io::copy_bidirectional(&mut client, &mut server).await
        });
    }
}

/// Counts what is read.
struct Counted<S> {
    stream: S,
    read: Arc<AtomicU64>,
}

impl<S: AsyncRead + Unpin> AsyncRead for Counted<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Task<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<std::io::Result<()>> {
        let before = buf.filled().len();
        let read = Pin::new(&mut self.stream).poll_read(cx, buf);
        self.read.fetch_add(u64::try_from(buf.filled().len() - before).unwrap_or(0), Ordering::Relaxed);
        read
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Counted<S> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Task<'_>, buf: &[u8]) -> Poll<std::io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(cx, buf)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Task<'_>) -> Poll<std::io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Task<'_>) -> Poll<std::io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}

/// `CreateTable`'s input, from the template's table.
fn definition() -> Result<Value> {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../infra/template.yaml");
    let template: serde_norway::Value = serde_norway::from_str(&std::fs::read_to_string(path)?)?;
    let table = &template["Resources"]["Table"]["Properties"];
    let only = |value: &serde_norway::Value, names: &[&str]| -> Result<Value> {
        let mut object = Map::new();
        for name in names {
            object.insert((*name).to_owned(), serde_norway::from_value(value[*name].clone())?);
        }
        Ok(Value::Object(object))
    };
    let mut definition = only(table, &["AttributeDefinitions", "KeySchema", "BillingMode"])?;
    let indexes = table["GlobalSecondaryIndexes"].as_sequence().context("the table has no index")?;
    let indexes: Vec<Value> = indexes
        .iter()
        .map(|index| only(index, &["IndexName", "KeySchema", "Projection"]))
        .collect::<Result<_>>()?;
    definition["TableName"] = json!(TABLE);
    definition["GlobalSecondaryIndexes"] = json!(indexes);
    Ok(definition)
}
