"""Every change of delivery."""

from afluente.delivery.services.arrivals import (
    callback_url,
    expects_twilio,
    hear_http,
    hear_receipt,
    hear_twilio,
    is_from_twilio,
    note_arrival,
    read_callback,
)
from afluente.delivery.services.audience_members import bring_in, forget_people, take_out, wake_audience
from afluente.delivery.services.audience_sending import tell_audience
from afluente.delivery.services.audience_settings import delete_audience, save_audience, switch_audience
from afluente.delivery.services.audiences import (
    GOOGLE,
    META,
    NETWORKS,
    Hashes,
    Network,
    agreed_to_audiences,
    audience_hashes,
)
from afluente.delivery.services.bounces import LONGEST as BOUNCE_LONGEST
from afluente.delivery.services.bounces import NoBounceError, take_bounce
from afluente.delivery.services.consenting import (
    come_back,
    has_left,
    is_in_audiences,
    judged,
    leave,
    leave_audiences,
    leaving_url,
    read_leaving,
    refusal,
    refusals,
    suppress,
)
from afluente.delivery.services.consents import (
    LeftThemselvesError,
    Proof,
    Said,
    hear_consents,
    say_consent,
    take_back_consents,
    would_add,
)
from afluente.delivery.services.following import follow, is_program
from afluente.delivery.services.mailboxes import (
    forget_mailbox,
    keeps_password,
    look_now,
    read_mailbox,
    save_mailbox,
)
from afluente.delivery.services.queueing import GOES_ON, NewMessage, cancel_messages, queue_messages, wake
from afluente.delivery.services.rendering import LINE, SMS, BadTemplateError, Rendered, fill, render
from afluente.delivery.services.retrying import make_room
from afluente.delivery.services.segments import Count
from afluente.delivery.services.segments import count as count_segments
from afluente.delivery.services.senders import (
    forget_sender,
    gateway_problems,
    keeps_secret,
    save_sender,
    send_test,
)
from afluente.delivery.services.sending import hear, send_due
from afluente.delivery.services.settling import DecidedError, decide, send_again, withdraw
from afluente.delivery.services.suppressing import (
    OwnWordError,
    PassedOver,
    digest_kept,
    let_through,
    pass_over,
)
from afluente.delivery.services.templates import (
    BODY,
    BadValuesError,
    archive_template,
    preview,
    save_template,
    template_problems,
)
from afluente.delivery.services.tracking import Trail, read_trail
from afluente.delivery.services.webhooks import (
    delete_endpoint,
    headers_problem,
    rotate_secret,
    save_endpoint,
    send_test_event,
    switch_endpoint,
    url_problem,
)
from afluente.delivery.services.webhooks_bodies import body_problems, fill_body
from afluente.delivery.services.webhooks_queueing import (
    NewCall,
    announce,
    queue_calls,
    replay_call,
    replay_since,
)
from afluente.delivery.services.webhooks_sending import make_calls
from afluente.delivery.services.webhooks_settling import CALLS_GO_ON

__all__ = [
    "BODY",
    "BOUNCE_LONGEST",
    "CALLS_GO_ON",
    "GOES_ON",
    "GOOGLE",
    "LINE",
    "META",
    "NETWORKS",
    "SMS",
    "BadTemplateError",
    "BadValuesError",
    "Count",
    "DecidedError",
    "Hashes",
    "LeftThemselvesError",
    "Network",
    "NewCall",
    "NewMessage",
    "NoBounceError",
    "OwnWordError",
    "PassedOver",
    "Proof",
    "Rendered",
    "Said",
    "Trail",
    "agreed_to_audiences",
    "announce",
    "archive_template",
    "audience_hashes",
    "body_problems",
    "bring_in",
    "callback_url",
    "cancel_messages",
    "come_back",
    "count_segments",
    "decide",
    "delete_audience",
    "delete_endpoint",
    "digest_kept",
    "expects_twilio",
    "fill",
    "fill_body",
    "follow",
    "forget_mailbox",
    "forget_people",
    "forget_sender",
    "gateway_problems",
    "has_left",
    "headers_problem",
    "hear",
    "hear_consents",
    "hear_http",
    "hear_receipt",
    "hear_twilio",
    "is_from_twilio",
    "is_in_audiences",
    "is_program",
    "judged",
    "keeps_password",
    "keeps_secret",
    "leave",
    "leave_audiences",
    "leaving_url",
    "let_through",
    "look_now",
    "make_calls",
    "make_room",
    "note_arrival",
    "pass_over",
    "preview",
    "queue_calls",
    "queue_messages",
    "read_callback",
    "read_leaving",
    "read_mailbox",
    "read_trail",
    "refusal",
    "refusals",
    "render",
    "replay_call",
    "replay_since",
    "rotate_secret",
    "save_audience",
    "save_endpoint",
    "save_mailbox",
    "save_sender",
    "save_template",
    "say_consent",
    "send_again",
    "send_due",
    "send_test",
    "send_test_event",
    "suppress",
    "switch_audience",
    "switch_endpoint",
    "take_back_consents",
    "take_bounce",
    "take_out",
    "tell_audience",
    "template_problems",
    "url_problem",
    "wake",
    "wake_audience",
    "withdraw",
    "would_add",
]
