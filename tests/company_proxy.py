"""A company's proxy, which opens every TLS connection and shows a certificate of its own authority inside."""

import functools
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID

# The one server that is asked for. It does not exist: behind the proxy is a folder.
HOST = "packages.example.org"


class _Proxy(ThreadingHTTPServer):
    # Who does not trust the certificate hangs up in the middle, at any time.
    def handle_error(self, request: object, client_address: object) -> None: ...


@contextmanager
def running(served: Path, authority: Path) -> Iterator[str]:
    """Serve the folder as `HOST`, write the certificate of the proxy's authority and give the proxy's address."""
    as_host = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    as_host.load_cert_chain(_certify(authority))

    class Handler(SimpleHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_CONNECT(self) -> None:
            self.send_response(200)
            self.end_headers()
            # An older pip asks in HTTP/1.0, after which the connection would end.
            self.close_connection = False
            self.connection = as_host.wrap_socket(self.connection, server_side=True)
            # What comes next is said inside.
            self.rfile, self.wfile = self.connection.makefile("rb"), self.connection.makefile("wb", buffering=0)

        def log_message(self, format: str, *_: object) -> None: ...  # noqa: A002

    with _Proxy(("127.0.0.1", 0), functools.partial(Handler, directory=str(served))) as proxy:
        threading.Thread(target=proxy.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{proxy.server_port}"
        proxy.shutdown()


def _certify(authority: Path) -> Path:
    """Make an authority and, in a file beside its own, a certificate by it with its key, for `HOST`."""
    authority_key, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    company = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "The company")])
    now = datetime.now(UTC)
    by_company = (
        x509.CertificateBuilder()
        .issuer_name(company)
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(authority_key.public_key()), critical=False)
    )
    # All that a strict client looks for, as Python is since 3.13. Of its uses, two are to sign certificates and lists.
    own = (
        by_company.subject_name(company)
        .public_key(authority_key.public_key())
        .serial_number(1)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(authority_key.public_key()), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(x509.KeyUsage(False, False, False, False, False, True, True, False, False), critical=True)
        .sign(authority_key, hashes.SHA256())
    )
    host = (
        by_company.subject_name(x509.Name([]))
        .public_key(key.public_key())
        .serial_number(2)
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(HOST)]), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .sign(authority_key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    authority.write_bytes(own.public_bytes(pem))
    chain = authority.with_name("host.pem")
    as_text = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    chain.write_bytes(as_text + host.public_bytes(pem))
    return chain
