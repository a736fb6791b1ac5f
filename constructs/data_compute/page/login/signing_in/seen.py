"""What the app sees of a request: who it is, and nothing that would let it, or who reads its log, be them."""

from starlette.types import Scope

from .cookies import cookies
from .user_pool import User

# What Streamlit makes of headers, by where st.user has it: from nobody, and only once they are signed in.
USER_HEADERS = {"is_logged_in": "X-Signed-In", "email": "X-Signed-In-Email", "sub": "X-Signed-In-Sub"}
OURS = {name.lower().encode() for name in USER_HEADERS.values()}


def seen(scope: Scope, user: User | None) -> Scope:
    """Give the request as the app sees it, of a user or of nobody."""
    headers = [(name, value) for name, value in scope["headers"] if name.lower() not in {*OURS, b"cookie"}]
    kept = [f"{name}={value}" for name, value in cookies(scope["headers"]) if not name.startswith("__Host-sign")]
    if kept:
        headers.append((b"cookie", "; ".join(kept).encode("latin-1")))
    if user:
        told = {"is_logged_in": "true", "email": user.email, "sub": user.sub}
        headers += [(USER_HEADERS[key].lower().encode(), value.encode()) for key, value in told.items()]
    return {**scope, "headers": headers}
