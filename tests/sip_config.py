"""How Kamailio and baresip are configured for the telephony lab (tests/sip_peers.py)."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

KAMAILIO = """#!KAMAILIO
debug=1
log_stderror=yes
fork=yes
children=4
tcp_children=2
auto_aliases=no
listen=udp:@HOST@:5060
listen=tcp:@HOST@:5061
tcp_accept_no_cl=yes
loadmodule "jsonrpcs.so"
loadmodule "kex.so"
loadmodule "corex.so"
loadmodule "tm.so"
loadmodule "tmx.so"
loadmodule "sl.so"
loadmodule "rr.so"
loadmodule "pv.so"
loadmodule "maxfwd.so"
loadmodule "usrloc.so"
loadmodule "registrar.so"
loadmodule "textops.so"
loadmodule "siputils.so"
loadmodule "xlog.so"
loadmodule "dialog.so"
loadmodule "xhttp.so"
loadmodule "http_client.so"
modparam("dialog", "track_cseq_updates", 0)
modparam("dialog", "bridge_contact", "sip:ctl@@HOST@:5060")
modparam("dialog", "bridge_controller", "sip:ctl@@HOST@:5060")
modparam("jsonrpcs", "transport", 1)
modparam("http_client", "connection_timeout", 5)
route[TELL] {
  $var(b) = "{\\"event\\":\\"" + $var(what) + "\\",\\"callid\\":\\"" + $var(id) + "\\"" + $var(more) + "}";
  http_client_query("@REPORT@", "$var(b)", "Content-Type: application/json", "$var(r)");
}
request_route {
  if (!mf_process_maxfwd_header("10")) { sl_send_reply("483", "Too Many Hops"); exit; }
  if (is_method("REGISTER")) { save("location"); exit; }
  if (has_totag()) { loose_route(); t_relay(); exit; }
  if (is_method("CANCEL")) { if (t_check_trans()) t_relay(); exit; }
  t_check_trans();
  record_route();
  $var(id) = $ci;
  if (is_method("INVITE")) {
    dlg_manage();
    $var(what) = "start";
    $var(more) = ",\\"from\\":\\"" + $fU + "\\",\\"to\\":\\"" + $rU + "\\"";
    route(TELL);
  }
  $var(found) = 0;
@LINES@
  if (!lookup_branches("location") && $var(found) == 0) {
    $var(what) = "failed";
    $var(more) = ",\\"code\\":\\"404\\"";
    if (is_method("INVITE")) route(TELL);
    sl_send_reply("404", "Not Found");
    exit;
  }
  t_on_reply("HEARD");
  t_on_failure("FAILED");
  t_relay();
}
onreply_route[HEARD] {
  $var(id) = $ci;
  $var(agent) = $(ct{nameaddr.uri}{uri.user}{s.select,0,-});
  if (status =~ "^18[0-3]$") {
    $var(what) = "ringing";
    $var(more) = ",\\"agent\\":\\"" + $var(agent) + "\\"";
    route(TELL);
  } else if (status == "200") {
    $dlg_var(agent) = $var(agent);
  }
}
failure_route[FAILED] {
  $var(id) = $ci;
  $var(what) = "failed";
  if (t_is_canceled()) $var(what) = "cancelled";
  $var(more) = ",\\"code\\":\\"" + $T_reply_code + "\\"";
  route(TELL);
}
event_route[dialog:start] {
  $var(id) = $dlg(callid);
  $var(what) = "answer";
  $var(more) = ",\\"agent\\":\\"" + $dlg_var(agent) + "\\"";
  route(TELL);
}
event_route[dialog:end] {
  $var(id) = $dlg(callid);
  $var(what) = "end";
  $var(more) = ",\\"lifetime\\":\\"" + $DLG_lifetime + "\\"";
  route(TELL);
}
event_route[xhttp:request] {
  if ($hu =~ "^/RPC") { jsonrpc_dispatch(); } else { xhttp_reply("404", "Not Found", "text/plain", "no"); }
}
"""
PHONE = """
module_path /usr/lib/baresip/modules
sip_listen {host}:{sip}
ctrl_tcp_listen {host}:{control}
audio_source aubridge,nil
audio_player aubridge,nil
audio_alert aubridge,nil
call_max_calls 4
module g711.so
module aubridge.so
module_app account.so
module_app menu.so
module_app ctrl_tcp.so
"""
ONE = """    if (registered("location", "sip:{user}@{host}")) {{
      if ($var(found) == 0) {{ $ru = "sip:{user}@{host}"; $var(found) = 1; }}
      else append_branch("sip:{user}@{host}");
    }}
"""


def registrar(host: str, report: str, numbers: Mapping[str, Sequence[str]]) -> str:
    """Kamailio's configuration: numbers of the company ring all of their users who are registered, at once."""
    lines = ""
    for number, users in numbers.items():
        asked = "".join(ONE.format(user=user, host=host) for user in users)
        lines += f'  if ($rU == "{number}") {{\n{asked}  }}\n'
    return KAMAILIO.replace("@LINES@", lines).replace("@REPORT@", report).replace("@HOST@", host)


def softphone(host: str, port: int) -> str:
    """Baresip's configuration: SIP on the port, its control two further (the one between is for TLS)."""
    return PHONE.format(host=host, sip=port, control=port + 2)
