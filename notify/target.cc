#include "notify/target.h"

#include <algorithm>
#include <iterator>

#include "absl/algorithm/container.h"
#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "logging/escape.h"
#include "notify/target_url.h"

namespace dirwatcher {
namespace {

constexpr absl::string_view kSchemes =
    "mailto, smtps, slack, sendgrid, https, http, console";

// As much of what was written as cannot be secret: without a password, without
// the query, and of a webhook without the path.
std::string Shown(absl::string_view text) {
  const absl::string_view whole = text.substr(0, text.find_first_of("?#"));
  const size_t slashes = whole.find("://");
  if (slashes == absl::string_view::npos) return EscapeForLog(whole);
  const absl::string_view scheme = whole.substr(0, slashes);
  absl::string_view rest = whole.substr(slashes + 3);
  // What somebody forgot to encode may stand on either side of another @ or /.
  const size_t at = rest.rfind('@');
  std::string user;
  if (at != absl::string_view::npos) {
    const size_t colon = rest.substr(0, at).find(':');
    user = colon == absl::string_view::npos
               ? std::string(rest.substr(0, at + 1))
               : absl::StrCat(rest.substr(0, colon), ":***@");
    rest = rest.substr(at + 1);
  }
  return EscapeForLog(
      absl::StrCat(scheme, "://", user, rest.substr(0, rest.find('/'))));
}

// The keys of one target, each of which is taken once.
class Keys {
 public:
  explicit Keys(const UrlParts& parts) : pairs_(parts.query) {}

  // The value of a key that may stand once; empty if it does not stand there.
  std::string Take(absl::string_view key) {
    std::vector<std::string> values = TakeAll(key);
    if (values.empty()) return "";
    if (values.size() > 1) {
      SetError(absl::StrCat("the key \"", key, "\" stands there twice"));
    } else if (values[0].empty()) {
      SetError(absl::StrCat("the key \"", key, "\" has no value"));
    }
    return values[0];
  }

  std::vector<std::string> TakeAll(absl::string_view key) {
    known_.emplace_back(key);
    std::vector<std::string> values;
    for (const auto& [name, value] : pairs_) {
      if (name == key) values.push_back(value);
    }
    return values;
  }

  std::string TakeRequired(absl::string_view key) {
    std::string value = Take(key);
    if (value.empty()) {
      SetError(absl::StrCat("the key \"", key, "\" is missing"));
    }
    return value;
  }

  void SetError(absl::string_view what) {
    if (error_.empty()) error_ = std::string(what);
  }

  // What is wrong first; empty: nothing. All keys have to be taken before.
  std::string Finish() {
    for (const auto& [name, value] : pairs_) {
      if (absl::c_linear_search(known_, name)) continue;
      return absl::StrCat(
          "unknown key \"", EscapeForLog(name), "\"; ",
          known_.empty()
              ? "it has none"
              : absl::StrCat("the keys are ", absl::StrJoin(known_, ", ")));
    }
    return error_;
  }

 private:
  const std::vector<std::pair<std::string, std::string>>& pairs_;
  std::vector<std::string> known_;
  std::string error_;
};

bool IsAddress(absl::string_view text) {
  return !text.empty() && std::none_of(text.begin(), text.end(), [](char c) {
    return static_cast<unsigned char>(c) <= ' ' || c == '\x7F' || c == '<' ||
           c == '>' || c == ',';
  });
}

// Addresses differ in the case of what stands before the @ (RFC 5321, 2.4).
std::string Canonical(absl::string_view address) {
  const size_t at = address.rfind('@');
  if (at == absl::string_view::npos) return std::string(address);
  return absl::StrCat(address.substr(0, at),
                      absl::AsciiStrToLower(address.substr(at)));
}

void TakeAddresses(Keys* keys, Target* target) {
  target->from_address = keys->TakeRequired("from");
  std::vector<std::string> known;
  for (const std::string& list : keys->TakeAll("to")) {
    for (absl::string_view address : absl::StrSplit(list, ',')) {
      address = absl::StripAsciiWhitespace(address);
      if (!IsAddress(address)) {
        keys->SetError(absl::StrCat("\"", EscapeForLog(address),
                                    "\" in the key \"to\" is no address"));
      }
      if (absl::c_linear_search(known, Canonical(address))) continue;
      known.push_back(Canonical(address));
      target->to_addresses.emplace_back(address);
    }
  }
  if (target->to_addresses.empty()) {
    keys->SetError("the key \"to\" is missing");
  }
  if (!target->from_address.empty() && !IsAddress(target->from_address)) {
    keys->SetError(absl::StrCat("\"", EscapeForLog(target->from_address),
                                "\" in the key \"from\" is no address"));
  }
  target->prefix = keys->Take("prefix");
}

SecretSource TakeSecret(absl::string_view name, const char* variable,
                        const char* credential, Keys* keys) {
  SecretSource source;
  source.file = keys->Take(absl::StrCat(name, "_file"));
  source.variable = keys->Take(absl::StrCat(name, "_env"));
  source.default_variable = variable;
  source.credential = credential;
  if (!source.file.empty() && !source.variable.empty()) {
    keys->SetError(absl::StrCat("\"", name, "_file\" and \"", name,
                                "_env\" exclude each other"));
  }
  return source;
}

void TakeTls(bool is_implicit, Keys* keys, Target* target) {
  const std::string tls = keys->Take("tls");
  target->tls = is_implicit            ? TlsMode::kImplicit
                : target->user.empty() ? TlsMode::kNone
                                       : TlsMode::kStartTls;
  if (tls.empty()) return;
  if (tls == "implicit") {
    target->tls = TlsMode::kImplicit;
  } else if (is_implicit) {
    keys->SetError("smtps is tls=implicit");
  } else if (tls == "starttls") {
    target->tls = TlsMode::kStartTls;
  } else if (tls == "none") {
    target->tls = TlsMode::kNone;
  } else {
    keys->SetError(absl::StrCat("tls \"", EscapeForLog(tls),
                                "\" is none of none, starttls, implicit"));
  }
}

// Whether `parts` has a host and no path, or neither.
std::string CheckAuthority(const UrlParts& parts, bool has_host) {
  if (!parts.path.empty() && parts.path != "/") {
    return "it has a path, which means nothing here";
  }
  if (has_host) return parts.host.empty() ? "the host is missing" : "";
  if (!parts.host.empty() || !parts.user.empty() || parts.port) {
    return absl::StrCat("it has a host; expected ", parts.scheme, "://?KEYS");
  }
  return "";
}

// Fills in what the URL says; returns what is wrong.
std::string Fill(const UrlParts& parts, Target* target) {
  Keys keys(parts);
  std::string wrong;
  if (parts.scheme == "mailto" || parts.scheme == "smtps") {
    wrong = CheckAuthority(parts, /*has_host=*/true);
    target->kind = TargetKind::kMail;
    target->user = parts.user;
    target->host = parts.host;
    target->port = parts.port.value_or(0);
    TakeAddresses(&keys, target);
    TakeTls(parts.scheme == "smtps", &keys, target);
    target->ca_file = keys.Take("ca");
    target->secret = TakeSecret("password", "SUPERVISE_SMTP_PASSWORD",
                                "smtp_password", &keys);
    if (target->user.empty() &&
        !(target->secret.file.empty() && target->secret.variable.empty())) {
      keys.SetError("a password needs a USER before the host");
    }
  } else if (parts.scheme == "slack") {
    wrong = CheckAuthority(parts, /*has_host=*/false);
    target->kind = TargetKind::kSlack;
    target->ca_file = keys.Take("ca");
    target->secret = TakeSecret("webhook_url", "SLACK_WEBHOOK_URL",
                                "slack_webhook_url", &keys);
    target->token =
        TakeSecret("token", "SLACK_BOT_TOKEN", "slack_bot_token", &keys);
    target->channel = keys.Take("channel");
    target->endpoint = keys.Take("endpoint");
  } else if (parts.scheme == "sendgrid") {
    wrong = CheckAuthority(parts, /*has_host=*/false);
    target->kind = TargetKind::kSendGrid;
    TakeAddresses(&keys, target);
    target->ca_file = keys.Take("ca");
    target->secret =
        TakeSecret("api_key", "SENDGRID_API_KEY", "sendgrid_api_key", &keys);
    target->endpoint = keys.Take("endpoint");
  } else if (parts.scheme == "https" || parts.scheme == "http") {
    target->kind = TargetKind::kWebhook;
    return parts.host.empty() ? "the host is missing" : "";
  } else if (parts.scheme == "console") {
    target->kind = TargetKind::kConsole;
    if (parts.has_authority || !parts.path.empty()) {
      return "expected nothing after console:";
    }
  } else {
    return absl::StrCat("unknown scheme; expected one of ", kSchemes);
  }
  return wrong.empty() ? keys.Finish() : wrong;
}

}  // namespace

absl::StatusOr<Target> ParseTarget(absl::string_view text) {
  const auto wrong = [text](absl::string_view what) {
    return absl::InvalidArgumentError(
        absl::StrCat("target \"", Shown(text), "\": ", what));
  };
  const absl::StatusOr<UrlParts> parts = SplitUrl(text);
  if (!parts.ok()) return wrong(parts.status().message());
  if (parts->has_password) {
    return wrong(
        "a password does not belong into a target; use password_file or "
        "password_env");
  }
  Target target;
  target.text = std::string(text);
  target.label = Shown(text);
  const std::string error = Fill(*parts, &target);
  if (!error.empty()) return wrong(error);
  return target;
}

}  // namespace dirwatcher
