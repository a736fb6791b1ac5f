"""Chromium is told to trust an authority, as a person tells it: in the NSS database of a home of its own."""

import ctypes
from pathlib import Path

# NSS's own numbers: an authority that is valid, and trusted for who it signs.
VALID_CA, TRUSTED_CA = 1 << 3, 1 << 4


def trust(home: Path, certificate: Path) -> None:
    """Let a Chromium with this home trust whoever the certificate's owner signs for.

    By the library that Chromium itself brings: the command for it, certutil, is a package that few have.
    """
    database = home / ".pki" / "nssdb"
    database.mkdir(parents=True)
    nss, decoding = ctypes.CDLL("libnss3.so"), ctypes.CDLL("libsmime3.so")
    for function in (nss.PK11_GetInternalKeySlot, nss.CERT_GetDefaultCertDB, decoding.CERT_DecodeCertFromPackage):
        function.restype = ctypes.c_void_p
    assert nss.NSS_InitReadWrite(f"sql:{database}".encode()) == 0
    try:
        slot = ctypes.c_void_p(nss.PK11_GetInternalKeySlot())
        if nss.PK11_NeedUserInit(slot):
            assert nss.PK11_InitPin(slot, b"", b"") == 0
        content = certificate.read_bytes()
        found = ctypes.c_void_p(decoding.CERT_DecodeCertFromPackage(content, len(content)))
        assert nss.PK11_ImportCert(slot, found, ctypes.c_ulong(0), b"edge", 0) == 0
        for_servers_alone = (ctypes.c_uint * 3)(VALID_CA | TRUSTED_CA, 0, 0)
        everywhere = ctypes.c_void_p(nss.CERT_GetDefaultCertDB())
        assert nss.CERT_ChangeCertTrust(everywhere, found, ctypes.byref(for_servers_alone)) == 0
        # What is still held keeps the library from ending, and from beginning again in this process.
        nss.CERT_DestroyCertificate(found)
        nss.PK11_FreeSlot(slot)
    finally:
        assert nss.NSS_Shutdown() == 0
