#include "notify/curl_smtp_client.h"

#include <algorithm>
#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/types/optional.h"
#include "env/curl_handles.h"
#include "env/curl_library.h"
#include "env/curl_transfer.h"
#include "logging/escape.h"
#include "notify/curl_mail.h"
#include "notify/http_delivery.h"
#include "notify/smtp_transcript.h"

namespace dirwatcher {
namespace {

int OnDebug(CURL* /*easy*/, curl_infotype type, char* data, size_t size,
            void* transcript) {
  const absl::string_view bytes(data, size);
  if (type == CURLINFO_HEADER_OUT) {
    static_cast<SmtpTranscript*>(transcript)->AddSent(bytes);
  } else if (type == CURLINFO_HEADER_IN) {
    static_cast<SmtpTranscript*>(transcript)->AddReceived(bytes);
  }
  return 0;
}

// What OnProgress looks at.
struct Watch {
  const SmtpTranscript* transcript;
  const InterruptFlag* interrupt;  // may be null
};

// libcurl waits for the answers to the message and to QUIT by itself, and could
// not be interrupted then, but calls this every second. The answer to QUIT is
// not worth a longer wait.
int OnProgress(void* data, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
  const auto& watch = *static_cast<const Watch*>(data);
  const bool interrupted =
      watch.interrupt != nullptr && watch.interrupt->raised();
  return interrupted || watch.transcript->has_quit() ? 1 : 0;
}

// How long one reply may take: all of the time, not libcurl's two minutes.
long ReplySeconds(absl::Duration timeout) {
  constexpr int64_t kMax = 1'000'000;
  return static_cast<long>(std::min(
      absl::ToInt64Seconds(absl::Ceil(timeout, absl::Seconds(1))), kMax));
}

// Takes what would otherwise be printed: the replies.
size_t Drop(char* /*data*/, size_t size, size_t count, void* /*unused*/) {
  return size * count;
}

std::string UrlOf(const SmtpServer& server) {
  const bool is_ipv6 = absl::StrContains(server.host, ':');
  return absl::StrCat(server.tls == TlsMode::kImplicit ? "smtps://" : "smtp://",
                      is_ipv6 ? "[" : "", server.host, is_ipv6 ? "]" : "", ":",
                      server.port);
}

// Whether the URL's host is all that `host` says: it has nothing that ends it.
bool IsHost(absl::string_view host) {
  for (const char c : host) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte <= 0x20 || byte == 0x7F || absl::StrContains("/?#@[]\\%", c)) {
      return false;
    }
  }
  return !host.empty();
}

SmtpVerdict VerdictOn(const absl::Status& status) {
  return absl::IsInvalidArgument(status) || absl::IsUnauthenticated(status)
             ? SmtpVerdict::kRefused
             : SmtpVerdict::kNotNow;
}

SmtpResult ResultOf(const SmtpReply& reply, const SmtpServer& server) {
  SmtpResult result;
  result.verdict =
      reply.is_permanent() ? SmtpVerdict::kRefused : SmtpVerdict::kNotNow;
  result.reason = absl::StrCat(EscapeForLog(server.host), ":", server.port,
                               " answered ", reply.code, " to ", reply.command);
  const bool repeats_secret = !server.password.empty() &&
                              absl::StrContains(reply.text, server.password);
  if (!reply.text.empty() && !repeats_secret) {
    absl::StrAppend(&result.reason, ": ", WordsForReason(reply.text));
  }
  return result;
}

std::vector<SmtpResult> ForAll(const SmtpMail& mail, SmtpVerdict verdict,
                               absl::string_view reason) {
  return std::vector<SmtpResult>(mail.recipients.size(),
                                 {verdict, EscapeForLog(reason)});
}

std::vector<SmtpResult> Judge(const SmtpServer& server, const SmtpMail& mail,
                              const SmtpTranscript& transcript,
                              const absl::Status& status) {
  SmtpResult whole;
  if (transcript.is_accepted()) {
    whole.verdict = SmtpVerdict::kAccepted;
  } else if (const absl::optional<SmtpReply> reply = transcript.refusal()) {
    whole = ResultOf(*reply, server);
  } else {
    whole = {VerdictOn(status), EscapeForLog(status.message())};
  }
  std::vector<SmtpResult> results(mail.recipients.size(), whole);
  const std::vector<SmtpReply>& replies = transcript.recipients();
  for (size_t i = 0; i < results.size() && i < replies.size(); ++i) {
    if (replies[i].is_temporary() || replies[i].is_permanent()) {
      results[i] = ResultOf(replies[i], server);
    }
  }
  return results;
}

}  // namespace

std::vector<SmtpResult> CurlSmtpClient::Send(const SmtpServer& server,
                                             const SmtpMail& mail,
                                             absl::Duration timeout) {
  const absl::StatusOr<const CurlLibrary*> curl = CurlLibrary::Load();
  if (!curl.ok()) {
    return ForAll(mail, SmtpVerdict::kNotNow, curl.status().message());
  }
  if (!IsHost(server.host)) {
    return ForAll(mail, SmtpVerdict::kRefused,
                  "The mail server's name is not that of a host");
  }
  SmtpTranscript transcript;
  CurlList recipients(*curl);
  bool listed = true;
  for (const std::string& recipient : mail.recipients) {
    listed = listed && recipients.Append(recipient);
  }
  const Watch watch = {&transcript, interrupt_};
  CurlEasy easy(*curl);
  easy.Set(CURLOPT_URL, UrlOf(server));
  easy.Set(CURLOPT_SERVER_RESPONSE_TIMEOUT, ReplySeconds(timeout));
  easy.Set(CURLOPT_PROTOCOLS_STR, "smtp,smtps");
  easy.Set(CURLOPT_USE_SSL,
           static_cast<long>(server.tls == TlsMode::kNone ? CURLUSESSL_NONE
                                                          : CURLUSESSL_ALL));
  if (!server.user.empty()) {
    easy.Set(CURLOPT_USERNAME, server.user);
    easy.Set(CURLOPT_PASSWORD, server.password);
  }
  easy.Set(CURLOPT_MAIL_FROM, mail.from);
  easy.Set(CURLOPT_MAIL_RCPT, recipients.get());
  easy.Set(CURLOPT_MAIL_RCPT_ALLLOWFAILS, 1L);
  easy.Set(CURLOPT_UPLOAD, 1L);
  easy.Set(CURLOPT_WRITEFUNCTION, &Drop);
  easy.Set(CURLOPT_HEADERFUNCTION, &Drop);
  easy.Set(CURLOPT_VERBOSE, 1L);
  easy.Set(CURLOPT_DEBUGFUNCTION, &OnDebug);
  easy.Set(CURLOPT_DEBUGDATA, &transcript);
  easy.Set(CURLOPT_NOPROGRESS, 0L);
  easy.Set(CURLOPT_XFERINFOFUNCTION, &OnProgress);
  easy.Set(CURLOPT_XFERINFODATA, &watch);
  CurlMail document(mail, &easy);
  if (!listed || document.Attach() != CURLE_OK) {
    return ForAll(mail, SmtpVerdict::kNotNow,
                  "The mail cannot be put together");
  }
  const absl::Status status =
      PerformCurl(&easy, absl::StrCat(server.host, ":", server.port), timeout,
                  server.ca_file, interrupt_);
  return Judge(server, mail, transcript, status);
}

}  // namespace dirwatcher
