"""WeCom as its documentation describes it, on loopback: what it takes, refuses, and drops without a
word. It holds our reading of the documentation; its clock can be turned."""

import json
import os
import secrets
import struct
import threading
import time
from base64 import b64decode, b64encode
from collections import defaultdict, deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from socketserver import ThreadingMixIn
from typing import Any
from urllib.parse import parse_qs
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.padding import PKCS7

from regulars.act.wecom.crypt import key_of, signature_of

CORP, AGENT, SECRET = "ww0123456789abcdef", "1000002", "the-app-secret"
CALLBACK_TOKEN = "QDG6eK"
AES_KEY = "jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C"
TOKEN_SECONDS = 7200
WELCOME_SECONDS, MEDIA_SECONDS = 20, 3 * 86_400
A_MINUTE, AN_HOUR = 10_000, 150_000
MEMBER_A_MINUTE, MEMBER_AN_HOUR = 30, 1000

Answer = dict[str, Any]


class Refused(Exception):
    def __init__(self, code: int, told: str = "") -> None:
        super().__init__(code, told)
        self.code, self.told = code, told


@dataclass
class FakeWecom:
    """`users` are who the app may see, `codes` sign-in codes not used yet, `customers` whom each
    colleague has, `welcomes` when a code to greet with was given. `troubles` are codes to answer
    the next calls of a path with. `delivered` is what arrived on a colleague's phone."""

    users: set[str] = field(default_factory=set)
    codes: dict[str, str] = field(default_factory=dict)
    customers: dict[str, dict[str, Answer]] = field(default_factory=lambda: defaultdict(dict))
    welcomes: dict[str, float] = field(default_factory=dict)
    greeted: dict[str, str] = field(default_factory=dict)
    troubles: defaultdict[str, deque[int]] = field(default_factory=lambda: defaultdict(deque))
    calls: list[tuple[str, Answer, Answer]] = field(default_factory=list)
    delivered: list[tuple[str, Answer]] = field(default_factory=list)
    tags: set[tuple[str, str, str]] = field(default_factory=set)
    corp_tags: dict[str, tuple[str, str]] = field(default_factory=dict)
    templates: dict[str, Answer] = field(default_factory=dict)
    media: dict[str, float] = field(default_factory=dict)
    tokens: dict[str, float] = field(default_factory=dict)
    most_a_minute: int = A_MINUTE
    later: float = 0.0
    address: str = ""
    _made: defaultdict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    _told: defaultdict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    _same: dict[str, float] = field(default_factory=dict)

    def now(self) -> float:
        return time.time() + self.later

    def calls_of(self, path: str) -> list[Answer]:
        return [body for called, _query, body in self.calls if called.endswith(path)]

    def expire_tokens(self) -> None:
        self.tokens = dict.fromkeys(self.tokens, 0.0)

    def answer(self, path: str, query: dict[str, str], body: Answer) -> Answer:
        self.calls.append((path, query, body))
        try:
            self._check_rate(path)
            if self.troubles[path]:
                raise Refused(self.troubles[path].popleft(), "as the test asked")
            if path != "/cgi-bin/gettoken":
                self._check_token(query)
            if (act := ROUTES.get(path)) is None:
                raise Refused(40001, "no such API")
            return {"errcode": 0, "errmsg": "ok"} | act(self, query, body)
        except Refused as refusal:
            return {"errcode": refusal.code, "errmsg": refusal.told}

    def _check_rate(self, path: str) -> None:
        now = self.now()
        made = self._made[path] = [at for at in self._made[path] if at > now - 3600]
        if sum(at > now - 60 for at in made) >= self.most_a_minute or len(made) >= AN_HOUR:
            raise Refused(45009, "api freq out of limit")
        made.append(now)

    def _check_token(self, query: dict[str, str]) -> None:
        until = self.tokens.get(query.get("access_token", ""))
        if until is None:
            raise Refused(40014, "invalid access_token")
        if until <= self.now():
            raise Refused(42001, "access_token expired")

    # What each API does.

    def gettoken(self, query: dict[str, str], _body: Answer) -> Answer:
        if query.get("corpid") != CORP:
            raise Refused(40013, "invalid corpid")
        if query.get("corpsecret") != SECRET:
            raise Refused(40001, "invalid credential")
        token = secrets.token_urlsafe(32)
        self.tokens[token] = self.now() + TOKEN_SECONDS
        return {"access_token": token, "expires_in": TOKEN_SECONDS}

    def get_agent(self, query: dict[str, str], _body: Answer) -> Answer:
        if query.get("agentid") != AGENT:
            raise Refused(301002, "not allow operate another agent")
        return {"agentid": int(AGENT), "name": "熟客"}

    def get_user_info(self, query: dict[str, str], _body: Answer) -> Answer:
        userid = self.codes.pop(query.get("code", ""), None)
        if userid is None:
            raise Refused(40029, "invalid code")
        return {"userid": userid} if userid else {"openid": "o-of-somebody-else"}

    def get_ticket(self, query: dict[str, str], _body: Answer) -> Answer:
        return {"ticket": f"ticket-of-{query.get('type', 'corp')}", "expires_in": TOKEN_SECONDS}

    def send_message(self, _query: dict[str, str], body: Answer) -> Answer:
        userids = body["touser"].split("|")
        if len(userids) > 1000:
            raise Refused(40031, "invalid userid list")
        if body["agentid"] != int(AGENT) or body["msgtype"] != "textcard":
            raise Refused(40008, "invalid message type")
        card = body["textcard"]
        if len(card["title"].encode()) > 128 or len(card["description"].encode()) > 512:
            raise Refused(40058, "too long")
        known = {userid.lower() for userid in self.users}
        untold = [userid.lower() for userid in userids if userid.lower() not in known]
        if len(untold) == len(userids):
            raise Refused(81013, "user & party & tag all invalid")
        same, now = json.dumps(body, sort_keys=True), self.now()
        is_again = now - self._same.get(same, 0) < body.get("duplicate_check_interval", 1800)
        if not (body.get("enable_duplicate_check") and is_again):
            self._same[same] = now
            self._deliver([each for each in userids if each.lower() in known], card, now)
        return {"invaliduser": "|".join(untold), "msgid": "m1"}

    def _deliver(self, userids: list[str], card: Answer, now: float) -> None:
        """What is too much for one colleague is dropped, and nobody is told."""
        for userid in userids:
            told = self._told[userid.lower()] = [
                at for at in self._told[userid.lower()] if at > now - 3600
            ]
            lately = sum(at > now - 60 for at in told)
            if lately < MEMBER_A_MINUTE and len(told) < MEMBER_AN_HOUR:
                told.append(now)
                self.delivered.append((userid, card))

    def get_customer(self, query: dict[str, str], _body: Answer) -> Answer:
        external = query["external_userid"]
        having = {each: own[external] for each, own in self.customers.items() if external in own}
        if not having:
            raise Refused(84061, "not external contact")
        facts = next(iter(having.values()))
        follows = [
            {"userid": userid, "remark_mobiles": own.get("mobiles", [])}
            for userid, own in having.items()
        ]
        contact = {"external_userid": external, "name": "微信昵称", "type": 1}
        if "unionid" in facts:
            contact["unionid"] = facts["unionid"]
        return {"external_contact": contact, "follow_user": follows}

    def send_welcome(self, _query: dict[str, str], body: Answer) -> Answer:
        code = body["welcome_code"]
        if len(body.get("attachments", [])) > 9:
            raise Refused(40058, "too many attachments")
        if code in self.greeted:
            raise Refused(41051, "welcome message already sent")
        if self.now() - self.welcomes.get(code, 0) > WELCOME_SECONDS:
            raise Refused(41050, "welcome code expired")
        self.greeted[code] = body["text"]["content"]
        return {}

    def list_corp_tags(self, _query: dict[str, str], _body: Answer) -> Answer:
        groups: defaultdict[str, list[Answer]] = defaultdict(list)
        for tag_id, (group, name) in self.corp_tags.items():
            groups[group].append({"id": tag_id, "name": name})
        return {
            "tag_group": [
                {"group_id": f"g-{group}", "group_name": group, "tag": tags}
                for group, tags in groups.items()
            ]
        }

    def add_corp_tag(self, _query: dict[str, str], body: Answer) -> Answer:
        group, made = body["group_name"], []
        if len(group) > 30 or any(len(tag["name"]) > 30 for tag in body["tag"]):
            raise Refused(40058, "name too long")
        for tag in body["tag"]:
            if (group, tag["name"]) in self.corp_tags.values():
                raise Refused(40071, "tag already exists")
            tag_id = f"et{secrets.token_hex(8)}"
            self.corp_tags[tag_id] = group, tag["name"]
            made.append({"id": tag_id, "name": tag["name"]})
        return {"tag_group": {"group_id": f"g-{group}", "group_name": group, "tag": made}}

    def mark_tag(self, _query: dict[str, str], body: Answer) -> Answer:
        pair = body["userid"], body["external_userid"]
        if body["external_userid"] not in self.customers[body["userid"]]:
            raise Refused(84061, "not external contact")
        if set(body["add_tag"] + body["remove_tag"]) - set(self.corp_tags):
            raise Refused(40068, "invalid tagid")
        self.tags |= {(*pair, tag) for tag in body["add_tag"]}
        self.tags -= {(*pair, tag) for tag in body["remove_tag"]}
        return {}

    def add_contact_way(self, _query: dict[str, str], body: Answer) -> Answer:
        if len(body.get("state", "")) > 30:
            raise Refused(40058, "state too long")
        return {"config_id": "c1", "qr_code": "https://wework.qpic.cn/c1"}

    def add_template(self, _query: dict[str, str], body: Answer) -> Answer:
        own = self.customers[body["sender"]]
        failed = [each for each in body["external_userid"] if each not in own]
        number = f"t{len(self.templates) + 1}"
        self.templates[number] = body | {"is_confirmed": False, "failed": failed}
        return {"fail_list": failed, "msgid": number}

    def template_results(self, _query: dict[str, str], body: Answer) -> Answer:
        template = self.templates[body["msgid"]]
        reached = [e for e in template["external_userid"] if e not in template["failed"]]
        start = int(body.get("cursor") or 0)
        status = int(template["is_confirmed"])
        page = [{"external_userid": e, "status": status} for e in reached[start : start + 2]]
        more = str(start + 2) if start + 2 < len(reached) else ""
        return {"send_list": page, "next_cursor": more}

    def upload(self, query: dict[str, str], body: Answer) -> Answer:
        media_id = f"{query['type']}-{len(self.media) + 1}"
        self.media[media_id] = self.now() + MEDIA_SECONDS
        return {"media_id": media_id, "type": query["type"], "size": body.get("size", 0)}

    # What it calls back with.

    def seal(self, message: str, receive_id: str = CORP, key: str = AES_KEY) -> str:
        opened = message.encode()
        plain = os.urandom(16) + struct.pack(">I", len(opened)) + opened + receive_id.encode()
        pad = PKCS7(256).padder()
        padded = pad.update(plain) + pad.finalize()
        using = key_of(key)
        cipher = Cipher(algorithms.AES(using), modes.CBC(using[:16])).encryptor()
        return b64encode(cipher.update(padded) + cipher.finalize()).decode()

    def callback(self, sealed: str, token: str = CALLBACK_TOKEN) -> tuple[str, bytes]:
        """(the query, the body) of a call to our callback address."""
        timestamp, nonce = str(int(self.now())), "263014780"
        signature = signature_of(token, timestamp, nonce, sealed)
        body = (
            f"<xml><ToUserName><![CDATA[{CORP}]]></ToUserName><Encrypt><![CDATA[{sealed}]]>"
            f"</Encrypt><AgentID><![CDATA[{AGENT}]]></AgentID></xml>"
        )
        query = f"msg_signature={signature}&timestamp={timestamp}&nonce={nonce}"
        return query, body.encode()

    def told(self, change: str, userid: str, external: str, **more: str) -> str:
        """The message of an event of customers; a welcome code in it counts from now."""
        facts = {
            "ToUserName": CORP, "FromUserName": "sys", "CreateTime": str(int(self.now())),
            "MsgType": "event", "Event": "change_external_contact", "ChangeType": change,
            "UserID": userid, "ExternalUserID": external, **more,
        }  # fmt: skip
        if "WelcomeCode" in more:
            self.welcomes[more["WelcomeCode"]] = self.now()
        fields = "".join(f"<{name}><![CDATA[{text}]]></{name}>" for name, text in facts.items())
        return f"<xml>{fields}</xml>"


ROUTES: dict[str, Callable[[FakeWecom, dict[str, str], Answer], Answer]] = {
    "/cgi-bin/gettoken": FakeWecom.gettoken,
    "/cgi-bin/agent/get": FakeWecom.get_agent,
    "/cgi-bin/auth/getuserinfo": FakeWecom.get_user_info,
    "/cgi-bin/get_jsapi_ticket": FakeWecom.get_ticket,
    "/cgi-bin/ticket/get": FakeWecom.get_ticket,
    "/cgi-bin/message/send": FakeWecom.send_message,
    "/cgi-bin/externalcontact/get": FakeWecom.get_customer,
    "/cgi-bin/externalcontact/send_welcome_msg": FakeWecom.send_welcome,
    "/cgi-bin/externalcontact/get_corp_tag_list": FakeWecom.list_corp_tags,
    "/cgi-bin/externalcontact/add_corp_tag": FakeWecom.add_corp_tag,
    "/cgi-bin/externalcontact/mark_tag": FakeWecom.mark_tag,
    "/cgi-bin/externalcontact/add_contact_way": FakeWecom.add_contact_way,
    "/cgi-bin/externalcontact/add_msg_template": FakeWecom.add_template,
    "/cgi-bin/externalcontact/get_groupmsg_send_result": FakeWecom.template_results,
    "/cgi-bin/media/upload": FakeWecom.upload,
}


class _Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True


class _Quiet(WSGIRequestHandler):
    def log_message(self, format: str, *args: Any) -> None: ...


@contextmanager
def running() -> Iterator[FakeWecom]:
    """A fake that answers on a free port of this machine."""
    fake = FakeWecom()

    def app(environ: dict[str, Any], start: Callable[..., Any]) -> list[bytes]:
        raw = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        is_json = environ.get("CONTENT_TYPE", "").startswith("application/json")
        body = json.loads(raw) if is_json and raw else {"size": len(raw)} if raw else {}
        query = {name: values[0] for name, values in parse_qs(environ["QUERY_STRING"]).items()}
        answer = json.dumps(fake.answer(environ["PATH_INFO"], query, body)).encode()
        start(
            "200 OK", [("Content-Type", "application/json"), ("Content-Length", str(len(answer)))]
        )
        return [answer]

    server = make_server("127.0.0.1", 0, app, server_class=_Server, handler_class=_Quiet)
    fake.address = f"http://127.0.0.1:{server.server_port}"
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}).start()
    try:
        yield fake
    finally:
        server.shutdown()
        server.server_close()


def opened_by_hand(sealed: str) -> bytes:
    """The bytes under the seal, padding and all, to be tampered with."""
    key = key_of(AES_KEY)
    cipher = Cipher(algorithms.AES(key), modes.CBC(key[:16])).decryptor()
    return cipher.update(b64decode(sealed)) + cipher.finalize()


def sealed_by_hand(padded: bytes) -> str:
    key = key_of(AES_KEY)
    cipher = Cipher(algorithms.AES(key), modes.CBC(key[:16])).encryptor()
    return b64encode(cipher.update(padded) + cipher.finalize()).decode()
