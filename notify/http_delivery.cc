#include "notify/http_delivery.h"

#include <algorithm>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "logging/escape.h"
#include "notify/retry_after.h"
#include "text/utf8.h"

namespace dirwatcher {
namespace {

constexpr absl::Duration kMinWait = absl::Seconds(1);
constexpr size_t kMaxWordsBytes = 200;

// With the port, without the user.
std::string HostOf(absl::string_view url) {
  const size_t slashes = url.find("://");
  if (slashes == absl::string_view::npos) return "the server";
  url.remove_prefix(slashes + 3);
  url = url.substr(0, url.find_first_of("/?#"));
  const size_t at = url.rfind('@');
  if (at != absl::string_view::npos) url.remove_prefix(at + 1);
  return EscapeForLog(url);
}

bool IsTemporary(int status) {
  return status == 408 || status == 429 || status >= 500;
}

DeliveryResult ResultOfFailure(const absl::Status& status) {
  const std::string reason = EscapeForLog(status.message());
  if (absl::IsInvalidArgument(status) || absl::IsResourceExhausted(status)) {
    return DeliveryResult::Refused(reason);
  }
  return DeliveryResult::TryAgain(reason);
}

DeliveryResult ResultOf(const HttpResponse& response, absl::string_view host) {
  const int status = response.status;
  if (status >= 200 && status < 300) return DeliveryResult::Delivered();
  std::string reason = absl::StrCat(host, " answered with status ", status);
  if (IsTemporary(status)) return DeliveryResult::TryAgain(std::move(reason));
  if (status >= 300 && status < 400) {
    absl::StrAppend(&reason, ": redirections are not followed");
  }
  return DeliveryResult::Refused(std::move(reason));
}

}  // namespace

HttpOutcome HttpDelivery::Send(HttpRequest request,
                               absl::Duration deadline) const {
  const std::string host = HostOf(request.url);
  for (;;) {
    request.timeout = deadline - clock_->Uptime();
    if (request.timeout <= absl::ZeroDuration()) {
      return {DeliveryResult::TryAgain(
                  absl::StrCat("There was no time left for ", host)),
              absl::nullopt};
    }
    absl::StatusOr<HttpResponse> response = client_->Send(request);
    if (!response.ok()) {
      return {ResultOfFailure(response.status()), absl::nullopt};
    }
    HttpOutcome outcome{ResultOf(*response, host), *std::move(response)};
    if (outcome.result.outcome != DeliveryOutcome::kTryAgain) return outcome;

    const absl::optional<absl::string_view> header =
        outcome.response->Header("Retry-After");
    const absl::optional<absl::Duration> said =
        header ? ParseRetryAfter(*header, clock_->Now()) : absl::nullopt;
    if (!said) return outcome;
    const int status = outcome.response->status;
    const absl::Duration pause = std::max(*said, kMinWait);
    if ((status == 429 || status == 503) &&
        clock_->Uptime() + pause < deadline) {
      if (wait_(pause)) continue;
      absl::StrAppend(&outcome.result.reason, ", and the program ends");
    }
    outcome.result.retry_after = *said;
    return outcome;
  }
}

std::string WordsForReason(absl::string_view words) {
  std::string escaped = EscapeForLog(words);
  if (escaped.size() <= kMaxWordsBytes) return escaped;
  // What is escaped is valid UTF-8, so this cuts between two characters.
  escaped.resize(kMaxWordsBytes);
  escaped.resize(Utf8ValidPrefixLength(escaped));
  return absl::StrCat(escaped, "...");
}

}  // namespace dirwatcher
