"""The authority that signs the edges' certificates: its own for each embedded AWS, and good for loopback alone.

Who trusts it risks nothing: no certificate of it is valid for any host but this laptop.
"""

import ipaddress
import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import cast

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

LOOPBACK = ipaddress.ip_network("127.0.0.0/8")
# Browsers take none that lasts longer than 398 days.
LIFETIME = timedelta(days=390)
# A laptop's clock may go back a little.
EARLIER = timedelta(days=1)


class Authority:
    """A key and its certificate, in two files.

    :param file: the certificate, which others may be told to trust; the key lies beside it.
    """

    def __init__(self, file: Path) -> None:
        self.file, self._key_file = file, file.with_suffix(".key")
        if not (file.exists() and self._key_file.exists()):
            self._make()
        self._certificate = x509.load_pem_x509_certificate(file.read_bytes())
        key = serialization.load_pem_private_key(self._key_file.read_bytes(), None)
        self._key = cast("ec.EllipticCurvePrivateKey", key)

    def context(self, address: str, protocols: list[str]) -> ssl.SSLContext:
        """Make what a server at an address needs for TLS, with a new key."""
        key = ec.generate_private_key(ec.SECP256R1())
        certificate = (
            _builder(_name(f"Edge at {address}"), self._certificate.subject, key)
            .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(address))]), critical=False)
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(self._key.public_key()), critical=False)
            .sign(self._key, hashes.SHA256())
        )
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        # As CloudFront's default certificate, whatever its distribution says.
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        context.set_alpn_protocols(protocols)
        both = self.file.with_name(f"{address}.pem")
        try:
            # Python reads a certificate from a file only.
            _write(both, _pem(key) + certificate.public_bytes(serialization.Encoding.PEM) + self.file.read_bytes())
            context.load_cert_chain(both)
        finally:
            both.unlink(missing_ok=True)
        return context

    def _make(self) -> None:
        key = ec.generate_private_key(ec.SECP256R1())
        name = _name("Embedded AWS, for this laptop only")
        usage = {one: one in ("key_cert_sign", "crl_sign") for one in KEY_USAGES}
        certificate = (
            _builder(name, name, key)
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .add_extension(x509.KeyUsage(**usage), critical=True)
            .add_extension(x509.NameConstraints([x509.IPAddress(LOOPBACK)], [x509.DNSName("")]), critical=True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
            .sign(key, hashes.SHA256())
        )
        _write(self._key_file, _pem(key))
        _write(self.file, certificate.public_bytes(serialization.Encoding.PEM))


KEY_USAGES = (
    "digital_signature",
    "content_commitment",
    "key_encipherment",
    "data_encipherment",
    "key_agreement",
    "key_cert_sign",
    "crl_sign",
    "encipher_only",
    "decipher_only",
)


def _builder(subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePrivateKey) -> x509.CertificateBuilder:
    now = datetime.now(UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - EARLIER)
        .not_valid_after(now + LIFETIME)
    )


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def _pem(key: ec.EllipticCurvePrivateKey) -> bytes:
    plain = serialization.NoEncryption()
    return key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain)


def _write(path: Path, content: bytes) -> None:
    """Write what is the person's alone."""
    path.unlink(missing_ok=True)
    path.touch(mode=0o600)
    path.write_bytes(content)
