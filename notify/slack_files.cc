#include "notify/slack_files.h"

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "notify/slack_error.h"
#include "text/utf8.h"

namespace dirwatcher {
namespace {

// As application/x-www-form-urlencoded has it.
std::string FormEncode(
    const std::vector<std::pair<std::string, std::string>>& fields) {
  std::string body;
  for (const auto& [key, value] : fields) {
    absl::StrAppend(&body, body.empty() ? "" : "&", key, "=");
    for (const char c : value) {
      if (absl::ascii_isalnum(c) || c == '-' || c == '.' || c == '_') {
        body += c;
      } else {
        absl::StrAppend(
            &body, "%",
            absl::Hex(static_cast<unsigned char>(c), absl::kZeroPad2));
      }
    }
  }
  return body;
}

// The member of this name if it is a string; else empty.
std::string StringIn(const nlohmann::json& object, const char* name) {
  const auto it = object.find(name);
  return it != object.end() && it->is_string() ? it->get<std::string>() : "";
}

}  // namespace

DeliveryResult SlackFiles::Share(const SlackFile& file,
                                 absl::Duration deadline) const {
  const std::string name = ReplaceInvalidUtf8(file.name);
  const Reply place =
      Call("files.getUploadURLExternal",
           {{"filename", name}, {"length", absl::StrCat(file.content.size())}},
           deadline);
  if (place.result.outcome != DeliveryOutcome::kDelivered) return place.result;

  HttpRequest upload;
  upload.method = "POST";
  upload.url = StringIn(place.body, "upload_url");
  // What was to be secret stays so.
  if (absl::StartsWith(settings_.api_url, "https:") &&
      !absl::StartsWith(upload.url, "https:")) {
    return DeliveryResult::Refused("Slack named no https URL for the upload");
  }
  upload.headers = {{"Content-Type", "application/octet-stream"}};
  upload.body = file.content;
  upload.ca_file = settings_.ca_file;
  DeliveryResult uploaded = http_->Send(std::move(upload), deadline).result;
  if (uploaded.outcome != DeliveryOutcome::kDelivered) return uploaded;

  const nlohmann::json files = {
      {{"id", StringIn(place.body, "file_id")}, {"title", name}}};
  return Call("files.completeUploadExternal",
              {{"files", files.dump()},
               {"channel_id", settings_.channel},
               {"initial_comment", file.comment}},
              deadline)
      .result;
}

SlackFiles::Reply SlackFiles::Call(absl::string_view method,
                                   const Fields& fields,
                                   absl::Duration deadline) const {
  HttpRequest request;
  request.method = "POST";
  request.url = absl::StrCat(settings_.api_url, "/", method);
  request.headers = {
      {"Content-Type", "application/x-www-form-urlencoded"},
      {"Authorization", absl::StrCat("Bearer ", settings_.bot_token)}};
  request.body = FormEncode(fields);
  request.ca_file = settings_.ca_file;
  HttpOutcome outcome = http_->Send(std::move(request), deadline);
  if (outcome.result.outcome != DeliveryOutcome::kDelivered) {
    return {std::move(outcome.result), nullptr};
  }
  nlohmann::json body =
      nlohmann::json::parse(outcome.response->body, nullptr, false);
  // Where it is no object, nothing is found in it.
  const auto ok = body.find("ok");
  if (ok != body.end() && ok->is_boolean() && ok->get<bool>()) {
    return {DeliveryResult::Delivered(), std::move(body)};
  }
  const std::string error = StringIn(body, "error");
  std::string reason = absl::StrCat(
      method, " failed: ", IsSlackError(error) ? error : "unknown error");
  return {IsTemporarySlackError(error)
              ? DeliveryResult::TryAgain(std::move(reason))
              : DeliveryResult::Refused(std::move(reason)),
          nullptr};
}

}  // namespace dirwatcher
