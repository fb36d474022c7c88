#include "notify/sendgrid_mail.h"

#include <set>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "nlohmann/json.hpp"
#include "text/utf8.h"

namespace dirwatcher {
namespace {

// The keys, quotes and fixed values that stand around an attachment.
constexpr int64_t kFileOverhead = 128;

std::string ToHtml(absl::string_view text) {
  return absl::StrCat(
      "<pre>",
      absl::StrReplaceAll(
          text,
          {{"&", "&amp;"}, {"<", "&lt;"}, {">", "&gt;"}, {"\"", "&quot;"}}),
      "</pre>");
}

std::string NotEmpty(std::string text) { return text.empty() ? " " : text; }

std::string Base64(absl::string_view bytes) {
  std::string text;
  absl::Base64Escape(bytes, &text);
  return text;
}

std::string StringIn(const nlohmann::json& object, const char* name) {
  const auto it = object.find(name);
  return it != object.end() && it->is_string() ? it->get<std::string>() : "";
}

}  // namespace

bool IsHeaderValue(absl::string_view value) {
  return value.find_first_of(absl::string_view("\r\n\0", 3)) ==
         absl::string_view::npos;
}

std::string SendGridBody(const SendGridMail& mail) {
  nlohmann::ordered_json to = nlohmann::ordered_json::array();
  for (const std::string& address : mail.to_addresses) {
    to.push_back({{"email", ReplaceInvalidUtf8(address)}});
  }
  const std::string text = NotEmpty(ReplaceInvalidUtf8(mail.text));
  nlohmann::ordered_json body;
  body["personalizations"] = {{{"to", std::move(to)}}};
  body["from"] = {{"email", ReplaceInvalidUtf8(mail.from_address)}};
  body["subject"] = NotEmpty(ReplaceInvalidUtf8(mail.subject));
  // Message-ID is none of the headers that SendGrid keeps for itself. Events
  // that it reports later have the argument.
  body["headers"] = {{"Message-ID", absl::StrCat("<", mail.message_id, ">")},
                     {"Auto-Submitted", "auto-generated"}};
  body["custom_args"] = {{"message_id", mail.message_id}};
  // In this order, or it is refused.
  body["content"] = {{{"type", "text/plain"}, {"value", text}},
                     {{"type", "text/html"}, {"value", ToHtml(text)}}};
  for (const SendGridMail::File& file : mail.files) {
    body["attachments"].push_back({{"content", Base64(file.content)},
                                   {"filename", ReplaceInvalidUtf8(file.name)},
                                   {"type", "application/zip"},
                                   {"disposition", "attachment"}});
  }
  return body.dump();
}

int64_t SendGridFileBytes(absl::string_view name, int64_t content_bytes) {
  // A character of a name takes up to six bytes in JSON.
  return (content_bytes + 2) / 3 * 4 + 6 * static_cast<int64_t>(name.size()) +
         kFileOverhead;
}

int64_t SendGridContentBytes(absl::string_view name, int64_t bytes) {
  const int64_t left = bytes - SendGridFileBytes(name, 0);
  return left < 0 ? -1 : left / 4 * 3;
}

std::vector<std::string> UniqueAddresses(
    const std::vector<std::string>& addresses) {
  std::vector<std::string> unique;
  std::set<std::string> known;
  for (const std::string& address : addresses) {
    if (known.insert(absl::AsciiStrToLower(address)).second) {
      unique.push_back(address);
    }
  }
  return unique;
}

std::string SendGridErrors(absl::string_view body) {
  const nlohmann::json json =
      nlohmann::json::parse(body.begin(), body.end(), nullptr, false);
  if (!json.is_object() || !json.contains("errors")) return "";
  std::vector<std::string> lines;
  for (const nlohmann::json& error : json["errors"]) {
    const std::string field = StringIn(error, "field");
    lines.push_back(absl::StrCat(field, field.empty() ? "" : ": ",
                                 StringIn(error, "message")));
  }
  return absl::StrJoin(lines, "; ");
}

}  // namespace dirwatcher
