"""Makes the certificates of test_tls.py in a folder: CPython's, for javaloop has no cryptography."""

import datetime
import sys
from pathlib import Path

from trustme import CA, KeyType

folder = Path(sys.argv[1])
LONG_AGO, FAR_OFF = datetime.datetime(2001, 2, 3), datetime.datetime(2999, 1, 1)
LATER = datetime.datetime(2999, 2, 1)
RSA = KeyType.RSA

ours, strangers = CA(key_type=RSA), CA(key_type=RSA)
ours.cert_pem.write_to_path(folder / "ca.pem")
strangers.cert_pem.write_to_path(folder / "strangers-ca.pem")
for name, leaf in {
    "server": ours.issue_cert("localhost", "127.0.0.1", common_name="server", key_type=RSA),
    "elliptic": ours.issue_cert("localhost", key_type=KeyType.ECDSA),
    "elsewhere": ours.issue_cert("elsewhere.example", "*.wild.example", "192.0.2.1", key_type=RSA),
    "expired": ours.issue_cert("localhost", key_type=RSA, not_after=LONG_AGO),
    "too-early": ours.issue_cert("localhost", key_type=RSA, not_before=FAR_OFF, not_after=LATER),
    "intermediate": ours.create_child_ca(key_type=RSA).issue_cert("localhost", key_type=RSA),
    "strangers": strangers.issue_cert("localhost", common_name="stranger", key_type=RSA),
    "client": ours.issue_cert("client@example.org", common_name="client", key_type=RSA),
}.items():
    leaf.private_key_and_cert_chain_pem.write_to_path(folder / f"{name}.pem")
