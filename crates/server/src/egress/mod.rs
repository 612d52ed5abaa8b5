//! The one way out: small requests of the server's own to other servers, such as a provider of sign-in.
//!
//! An address is looked up once, looked at, and connected to as it was looked at: no name can lead from a public address
//! to a private one in between. Redirects are answers, not followed. Time and size are bounded.

mod address;

use address::is_public;
use futures_util::future::BoxFuture;
use http::{HeaderValue, Request, Response, Uri, header};
use http_body_util::{BodyExt as _, Full, Limited};
use hyper_util::rt::TokioIo;
use rustls::{
    ClientConfig, RootCertStore,
    pki_types::{CertificateDer, ServerName, pem::PemObject as _},
};
use std::{
    net::{IpAddr, SocketAddr},
    path::Path,
    sync::Arc,
    time::Duration,
};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::{TcpStream, lookup_host},
    time::timeout,
};
use tokio_rustls::TlsConnector;

/// Finding and reaching the other server, TLS included.
const CONNECT: Duration = Duration::from_secs(4);
/// The whole of it.
const WHOLE: Duration = Duration::from_secs(10);
const MOST_BYTES: usize = 1 << 20;

/// Why there is no answer; free of what was sent.
#[derive(Debug)]
pub(crate) struct Failed(String);
impl std::fmt::Display for Failed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}
impl std::error::Error for Failed {}
fn failed(what: impl Into<String>) -> Failed {
    Failed(what.into())
}

/// What libraries take that ask by a function.
pub(crate) type Asks = Box<dyn Fn(Request<Vec<u8>>) -> BoxFuture<'static, Result<Response<Vec<u8>>, Failed>> + Send + Sync>;

/// A client for one purpose, with what that purpose allows.
#[derive(Clone)]
pub(crate) struct Egress {
    tls: Arc<ClientConfig>,
    allow_private: bool,
}

impl Egress {
    /// `allow_private`: also addresses of this machine and its own network, and plain HTTP. `authorities`: certificates
    /// (PEM) that are trusted beside the public ones.
    ///
    /// # Errors
    /// The sentence to tell the operator.
    pub(crate) fn new(allow_private: bool, authorities: Option<&Path>) -> Result<Egress, String> {
        let mut roots = RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
        if let Some(path) = authorities {
            let bad = |e: String| format!("{} holds no certificates that can be read (PEM): {e}", path.display());
            let read = CertificateDer::pem_file_iter(path).map_err(|e| bad(e.to_string()))?;
            for certificate in read {
                roots.add(certificate.map_err(|e| bad(e.to_string()))?).map_err(|e| bad(e.to_string()))?;
            }
        }
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let tls = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions().map_err(|e| e.to_string())?;
        Ok(Egress { tls: Arc::new(tls.with_root_certificates(roots).with_no_client_auth()), allow_private })
    }

    pub(crate) fn asks(&self) -> Asks {
        let this = self.clone();
        Box::new(move |request| {
            let this = this.clone();
            Box::pin(async move { this.send(request).await })
        })
    }

    /// Asks, and reads the whole answer, whatever its status.
    ///
    /// # Errors
    /// No answer in time, an address that is refused, an answer that is too long.
    pub(crate) async fn send(&self, request: Request<Vec<u8>>) -> Result<Response<Vec<u8>>, Failed> {
        let host = request.uri().host().unwrap_or_default().to_owned();
        timeout(WHOLE, self.ask(request)).await.unwrap_or_else(|_late| Err(failed(format!("{host} did not answer within {} seconds", WHOLE.as_secs()))))
    }

    async fn ask(&self, request: Request<Vec<u8>>) -> Result<Response<Vec<u8>>, Failed> {
        let target = Target::of(request.uri(), self.allow_private)?;
        let connected = timeout(CONNECT, self.connect(&target)).await;
        let stream = connected.unwrap_or_else(|_late| Err(failed(format!("{} could not be reached within {} seconds", target.host, CONNECT.as_secs()))))?;
        let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream)).await.map_err(|e| failed(format!("{}: {e}", target.host)))?;
        // ends with the answer: the sender is dropped then
        drop(tokio::spawn(connection));
        let (mut head, body) = request.into_parts();
        let path = head.uri.path_and_query().map_or_else(|| "/".to_owned(), ToString::to_string);
        let name = head.uri.authority().map(|a| a.as_str().to_owned()).unwrap_or_default();
        head.uri = path.parse().map_err(|e| failed(format!("{}: {e}", target.host)))?;
        head.headers.insert(header::HOST, HeaderValue::try_from(name).map_err(|e| failed(format!("{}: {e}", target.host)))?);
        head.headers.insert(header::USER_AGENT, HeaderValue::from_static("Rapport"));
        let answer = sender.send_request(Request::from_parts(head, Full::new(bytes::Bytes::from(body)))).await.map_err(|e| failed(format!("{}: {e}", target.host)))?;
        let (head, body) = answer.into_parts();
        let body = Limited::new(body, MOST_BYTES).collect().await.map_err(|e| failed(format!("{}: its answer could not be read: {e}", target.host)))?;
        Ok(Response::from_parts(head, body.to_bytes().to_vec()))
    }

    async fn connect(&self, target: &Target) -> Result<Box<dyn Wire>, Failed> {
        let found: Vec<SocketAddr> = match target.host.parse::<IpAddr>() {
            Ok(address) => vec![SocketAddr::new(address, target.port)],
            Err(_name) => lookup_host((target.host.as_str(), target.port)).await.map_err(|e| failed(format!("{} has no address: {e}", target.host)))?.collect(),
        };
        let mut why = format!("{} is not a public address; allow_private = true lets it through", target.host);
        for address in found.into_iter().filter(|address| self.allow_private || is_public(address.ip())) {
            match TcpStream::connect(address).await {
                Ok(stream) if target.tls => {
                    let name = ServerName::try_from(target.host.clone()).map_err(|e| failed(format!("{}: {e}", target.host)))?;
                    let stream = TlsConnector::from(self.tls.clone()).connect(name, stream).await.map_err(|e| failed(format!("{}: {e}", target.host)))?;
                    return Ok(Box::new(stream));
                }
                Ok(stream) => return Ok(Box::new(stream)),
                Err(e) => why = format!("{} cannot be reached: {e}", target.host),
            }
        }
        Err(failed(why))
    }
}

trait Wire: AsyncRead + AsyncWrite + Send + Unpin {}
impl<T: AsyncRead + AsyncWrite + Send + Unpin> Wire for T {}

/// Where a request goes.
struct Target {
    /// A name or an address, without brackets.
    host: String,
    port: u16,
    tls: bool,
}
impl Target {
    fn of(uri: &Uri, plain_too: bool) -> Result<Target, Failed> {
        let host = uri.host().unwrap_or_default().trim_matches(['[', ']']).to_owned();
        let named = uri.authority().is_some_and(|authority| authority.as_str().contains('@'));
        let tls = match uri.scheme_str() {
            Some("https") => true,
            Some("http") if plain_too => false,
            _ => return Err(failed(format!("{host} is asked by https only"))),
        };
        if host.is_empty() || named {
            return Err(failed("an address without a host, or with a user, is not asked"));
        }
        Ok(Target { host, port: uri.port_u16().unwrap_or(if tls { 443 } else { 80 }), tls })
    }
}

#[cfg(test)]
mod tests {
    use super::{Egress, MOST_BYTES, Request};
    use std::io::{Read as _, Write as _};

    fn ask(egress: &Egress, url: &str) -> Result<(u16, usize), String> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let request = Request::get(url).body(Vec::new()).unwrap();
        runtime.block_on(egress.send(request)).map(|answer| (answer.status().as_u16(), answer.body().len())).map_err(|e| e.to_string())
    }
    /// Answers once, with this head and so many bytes.
    fn once(head: &'static str, bytes: usize) -> String {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        std::thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            let _ = stream.read(&mut [0; 4_096]);
            let _ = stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(&vec![b'x'; bytes]));
        });
        format!("http://{address}/")
    }

    #[test]
    fn private_addresses_and_plain_http_are_refused_unless_allowed() {
        let public = Egress::new(false, None).unwrap();
        for url in ["https://127.0.0.1:1/", "https://[::1]:1/", "https://localhost:1/", "https://[::ffff:10.0.0.1]/", "https://169.254.169.254/latest"] {
            let why = ask(&public, url).unwrap_err();
            assert!(why.contains("not a public address"), "{url}: {why}");
        }
        assert!(ask(&public, "http://example.org/").unwrap_err().contains("https only"));
        assert!(ask(&public, "https://user@127.0.0.1/").unwrap_err().contains("with a user"));
        assert_eq!(ask(&Egress::new(true, None).unwrap(), &once("HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n", 3)), Ok((200, 3)));
    }

    #[test]
    fn redirects_are_not_followed_and_long_answers_not_read() {
        let private = Egress::new(true, None).unwrap();
        assert_eq!(ask(&private, &once("HTTP/1.1 302 Found\r\nlocation: http://127.0.0.1:1/\r\ncontent-length: 0\r\n\r\n", 0)), Ok((302, 0)));
        assert!(ask(&private, &once("HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n", MOST_BYTES + 1)).unwrap_err().contains("could not be read"));
    }

    #[test]
    fn authorities_must_be_certificates() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("ca.pem");
        std::fs::write(&path, "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n").unwrap();
        assert!(Egress::new(false, Some(&path)).err().unwrap().contains("ca.pem"));
        assert!(Egress::new(false, Some(&folder.path().join("none"))).is_err());
    }
}
