# Copyright 2026 Sync Studio contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl.html)
"""Client of another Odoo's external API (XML-RPC). Plain Python, no Odoo imports."""

import errno
import http.client
import re
import socket
import ssl
import xmlrpc.client
from contextlib import closing
from urllib.parse import urlsplit
from xml.parsers.expat import ExpatError

CONNECT_TIMEOUT = 10  # seconds to reach the server
ANSWER_TIMEOUT = 120  # seconds to wait for an answer: Odoo's own limit per request

# Fault codes of /xmlrpc/2; the other codes come with a traceback or a message
FAULT_ACCESS_DENIED = 3
FAULT_ACCESS_ERROR = 4
TRACEBACK_LINES = re.compile(r"\n  .*")
# What a database server says that will say something else a little later
BUSY_DATABASE = re.compile(
    r"^psycopg2\.(OperationalError|errors\.(SerializationFailure|LockNotAvailable))"
)

BUSY_STATUSES = (408, 425, 429)
UNREACHABLE = (errno.EHOSTDOWN, errno.EHOSTUNREACH, errno.ENETDOWN, errno.ENETUNREACH)


class OdooRpcError(Exception):
    """The external Odoo was reached, or is named, wrongly; trying again is no help."""


class WrongUrl(OdooRpcError):
    """No Odoo answers at that address."""


class WrongDatabase(OdooRpcError):
    """The server has no such database."""


class WrongLogin(OdooRpcError):
    """Login or password are not accepted."""


class NotAllowed(OdooRpcError):
    """The user has no right to do this on the external Odoo."""


class RemoteFault(OdooRpcError):
    """The external Odoo could not carry the call out.

    ``str(fault)`` is the reason in one line, ``fault.details`` the whole report.
    """

    def __init__(self, report):
        super().__init__(TRACEBACK_LINES.split(report)[-1].strip())
        self.details = report


class OdooRpc:
    """One user of one database of an Odoo server.

    Nothing is sent before the first call, which logs in; the later ones reuse the
    user's id. Each call has a connection of its own and is sent once: a call whose
    answer got lost may have been carried out, so only the caller knows whether
    sending it again does harm.

    :param str url: address of the server; a path behind the host name is ignored
    :raises WrongUrl: no Odoo answers at ``url``
    :raises WrongDatabase: there is no such database
    :raises WrongLogin: login or password are not accepted
    :raises NotAllowed: the user may not do this
    :raises RemoteFault: the external Odoo failed
    :raises ConnectionError, TimeoutError, socket.gaierror, IncompleteRead: the network
        or the server failed, as may have passed a little later
    :raises xmlrpc.client.ProtocolError: the server is too busy or out of order, by its
        HTTP status
    """

    def __init__(self, url, database, login, password):
        self.url = url
        self.database = database
        self.login = login
        self.password = password
        self._uid = None

    def execute_kw(self, model, method, *args, **kwargs):
        """Call ``method`` of ``model`` as Odoo's ``execute_kw`` does; give its result.

        Dates come as text in UTC, binary fields as base64 text.
        """
        user = (self.database, self._authenticate(), self.password)
        try:
            return self._call(
                "object", "execute_kw", *user, model, method, args, kwargs
            )
        except xmlrpc.client.Fault as fault:
            if _is_none(fault):
                return None
            raise self._explain(fault) from None

    def _authenticate(self):
        """Return the user's id (int)."""
        if self._uid is None:
            user = (self.database, self.login, self.password)
            try:
                self._uid = self._call("common", "authenticate", *user, {})
            except xmlrpc.client.Fault as fault:
                raise self._explain(fault) from None
        if not self._uid:
            raise WrongLogin(self.login)
        return self._uid

    def _explain(self, fault):
        """Turn a fault of the server into the exception that names its cause."""
        reason = str(RemoteFault(fault.faultString))
        if fault.faultCode == FAULT_ACCESS_DENIED:
            return WrongLogin(self.login)
        if fault.faultCode == FAULT_ACCESS_ERROR:
            return NotAllowed(reason)
        if 'database "%s" does not exist' % self.database in reason:
            return WrongDatabase(self.database)
        if BUSY_DATABASE.match(reason):
            return ConnectionError("Database server of %s: %s" % (self.url, reason))
        return RemoteFault(fault.faultString)

    def _call(self, service, method, *args):
        body = xmlrpc.client.dumps(args, method, allow_none=True).encode()
        content = _post(self.url, "/xmlrpc/2/" + service, body)
        try:
            (result,), _method = xmlrpc.client.loads(content)
        except (ExpatError, xmlrpc.client.ResponseError) as error:
            raise WrongUrl("it does not answer in XML-RPC: %s" % error) from None
        return result


def host(url):
    """Return ``host:port`` of an address, without path, login and password.

    :raises WrongUrl: the address is incomplete
    """
    parts = urlsplit((url or "").strip())
    try:
        port = parts.port
    except ValueError as error:
        raise WrongUrl(str(error)) from None
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise WrongUrl("it must begin with http:// or https:// and a host name")
    name = "[%s]" % parts.hostname if ":" in parts.hostname else parts.hostname
    return name if port is None else "%s:%s" % (name, port)


def _post(url, path, body):
    """Send ``body`` (bytes, XML); return the body of the answer (bytes, XML)."""
    try:
        with closing(_connection(url)) as connection:
            connection.connect()
            connection.sock.settimeout(ANSWER_TIMEOUT)
            connection.request("POST", path, body, {"Content-Type": "text/xml"})
            response = connection.getresponse()
            return _content(response, response.read(), url)
    except socket.timeout:
        raise TimeoutError("%s does not answer in time" % host(url)) from None
    except (ssl.SSLEOFError, ssl.SSLZeroReturnError) as error:
        raise ConnectionError(*error.args) from error
    except (ssl.SSLError, http.client.InvalidURL, UnicodeError) as error:
        raise WrongUrl(str(error)) from None
    except OSError as error:
        if error.errno in UNREACHABLE:
            raise ConnectionError(*error.args) from error
        raise


def _connection(url):
    """Return a connection that is not open yet."""
    address = host(url)
    secure = urlsplit(url.strip()).scheme == "https"
    kind = http.client.HTTPSConnection if secure else http.client.HTTPConnection
    return kind(address, timeout=CONNECT_TIMEOUT)


def _content(response, content, url):
    """Return the XML of an answer, or raise what its status or its type tells."""
    status = response.status
    if status in BUSY_STATUSES or status >= 500:
        headers = response.headers
        raise xmlrpc.client.ProtocolError(host(url), status, response.reason, headers)
    if 300 <= status < 400:
        raise WrongUrl("it redirects to %s" % response.getheader("Location"))
    if status != 200:
        raise WrongUrl("it answers %s %s" % (status, response.reason))
    if "xml" not in response.getheader("Content-Type", ""):
        raise WrongUrl("it answers with something else than XML")
    return content


def _is_none(fault):
    """Odoo cannot send None: after such a call it reports just that."""
    return "cannot marshal None" in fault.faultString
