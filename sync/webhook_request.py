# Copyright 2026 Sync Studio contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl.html)
"""From the server's HTTP request to what ``handle_webhook`` is given. No ORM."""

from functools import cached_property
from io import BytesIO

from werkzeug.datastructures import FileStorage, Headers, ImmutableOrderedMultiDict
from werkzeug.exceptions import BadRequest
from werkzeug.wrappers import Request
from werkzeug.wsgi import get_input_stream

from odoo import _

from .exceptions import CodeError
from .masking import MASK

BLOCK = 64 * 1024  # bytes
# Who is still sending may not see an answer, so what is too long is read all the same
# and thrown away, up to here.
MOST_READ = 200 * 1024 * 1024  # bytes
_WAS_READ = "sync.body_was_read"

# What tells about the request; the rest of werkzeug's attributes are its machinery.
ATTRIBUTES = frozenset(
    """
    accept_charsets accept_encodings accept_languages accept_mimetypes
    access_control_request_headers access_control_request_method access_route args
    authorization base_url cache_control charset content_encoding content_length
    content_md5 content_type cookies data date encoding_errors form full_path get_data
    host host_url if_match if_modified_since if_none_match if_range
    if_unmodified_since is_secure max_forwards method mimetype mimetype_params origin
    path pragma query_string range referrer remote_addr remote_user scheme script_root
    url url_charset url_root user_agent values
    """.split()
)
# With these a caller who is logged in proves who they are. That is not for the webhook.
SESSION_COOKIE = "session_id"
SESSION_HEADER = "HTTP_X_OPENERP_SESSION_ID"
# Names of the WSGI environment that have the query of the address.
URL_NAMES = frozenset(["QUERY_STRING", "REQUEST_URI", "RAW_URI"])


def read_body(httprequest, limit):
    """Read the whole body, so that its raw bytes stay at hand beside a parsed form.

    :param httprequest: the server's request (werkzeug)
    :param int limit: bytes
    :return: whether it was within the limit
    :raises BadRequest: it is shorter than announced, or its chunks are broken
    """
    environ = httprequest.environ
    # Odoo may repeat the handling of a request, and other controllers may have read it.
    if _WAS_READ not in environ and not hasattr(httprequest, "_cached_data"):
        body = _read(get_input_stream(environ), limit)
        if body is None:
            return False
        environ.update(CONTENT_LENGTH=str(len(body)))
        environ["wsgi.input"] = BytesIO(body)
        environ[_WAS_READ] = True
        httprequest.get_data(cache=True)
    return True


def _read(stream, limit):
    """Give the content (bytes) of a stream, or None when it is too long."""
    blocks, size = [], 0
    while size < MOST_READ:
        try:
            block = stream.read(BLOCK)
        except OSError as error:
            raise BadRequest(str(error)) from error
        if not block:
            break
        size += len(block)
        if size <= limit:
            blocks.append(block)
    return b"".join(blocks) if size <= limit else None


class HandlerRequest:
    """A request as ``handle_webhook`` gets it: all that was sent, as werkzeug tells it.

    Code cannot get from here to the server. A request of werkzeug would open files and
    knows the application, and through that the sessions of all users. Nor can it learn
    from here the secret with which the sender has proven itself.
    """

    def __init__(self, httprequest, hidden_header=None, mask=None):
        """
        :param httprequest: the server's request, its body read
        :param str hidden_header: header that holds a secret itself
        :param mask: takes secrets out of the verify token of a hub
        """
        self.data = httprequest.get_data(cache=True)
        self.environ = request_texts(httprequest.environ)
        if hidden_header:
            self.environ["HTTP_" + hidden_header.upper().replace("-", "_")] = MASK
        if mask and "hub.verify_token" in httprequest.args:
            for name in URL_NAMES & set(self.environ):
                self.environ[name] = mask(self.environ[name])
        # Code cannot name attributes that begin with two underscores.
        body = {"wsgi.input": BytesIO(self.data), "wsgi.input_terminated": True}
        self.__request = Request({**self.environ, **body})
        self.__request.parameter_storage_class = ImmutableOrderedMultiDict
        self.__request.get_data(cache=True)

    def __getattr__(self, name):
        if name in ATTRIBUTES:
            return getattr(self.__request, name)
        raise AttributeError(
            "The request of a webhook has no attribute %s. Attributes: %s."
            % (name, ", ".join(sorted(ATTRIBUTES | {"environ", "files", "headers"})))
        )

    def __repr__(self):
        return "<%s %s, %s bytes>" % (self.method, self.full_path, len(self.data))

    @cached_property
    def headers(self):
        """All headers; names are found in upper and lower case."""
        return Headers(list(self.__request.headers))

    @cached_property
    def files(self):
        """The uploaded files by the names of their fields."""
        files = self.__request.files.items(multi=True)
        return ImmutableOrderedMultiDict(
            (name, _uploaded(file)) for name, file in files
        )

    @cached_property
    def stream(self):
        """The body as a file."""
        return BytesIO(self.data)


class UploadedFile(FileStorage):
    """An uploaded file, to be read and not to be written anywhere."""

    def save(self, *args, **kwargs):
        raise CodeError(
            _("Code cannot write files. Get the content: %s.read()") % self.name
        )


def _uploaded(file):
    return UploadedFile(file.stream, file.filename, file.name, headers=file.headers)


def request_texts(environ):
    """Give the texts of a WSGI environment, without those that prove a login."""
    texts = {
        name: value
        for name, value in environ.items()
        if isinstance(value, str) and name != SESSION_HEADER
    }
    cookies = texts.pop("HTTP_COOKIE", "").split(";")
    kept = [cookie for cookie in cookies if not _is_session(cookie)]
    return dict(texts, HTTP_COOKIE=";".join(kept)) if any(kept) else texts


def _is_session(cookie):
    return cookie.split("=")[0].strip() == SESSION_COOKIE
