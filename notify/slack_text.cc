#include "notify/slack_text.h"

#include <algorithm>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "text/utf8.h"

namespace dirwatcher {
namespace {

// The length in bytes of what must not be cut at the start of escaped text: a
// character or an entity.
size_t AtomSize(absl::string_view text) {
  for (const absl::string_view entity : {"&amp;", "&lt;", "&gt;"}) {
    if (absl::StartsWith(text, entity)) return entity.size();
  }
  return Utf8SequenceLength(text);
}

// How much of `text` the next part takes, in bytes.
size_t PartSize(absl::string_view text, size_t max_length) {
  size_t size = 0;
  size_t length = 0;
  size_t line_end = 0;  // behind the last line feed from the middle on
  while (size < text.size()) {
    const absl::string_view atom =
        text.substr(size, AtomSize(text.substr(size)));
    const size_t atom_length = SlackLength(atom);
    if (length + atom_length > max_length) {
      return line_end > 0 ? line_end : size;
    }
    size += atom.size();
    length += atom_length;
    if (atom == "\n" && length >= max_length / 2) line_end = size;
  }
  return size;
}

// A subject is one line.
std::string Header(const OutgoingMessage& message) {
  if (message.subject.empty()) return "";
  const std::string subject = absl::StrReplaceAll(
      EscapeForSlack(message.subject), {{"\n", " "}, {"\r", " "}});
  return absl::StrCat("*", subject, "*\n");
}

std::string Footer(const OutgoingMessage& message) {
  if (message.signature.empty()) return "";
  return absl::StrCat("_", EscapeForSlack(message.signature), "_");
}

}  // namespace

size_t SlackLength(absl::string_view text) {
  size_t length = 0;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    // Each first byte stands for a unit, and one of four bytes for two.
    if ((byte & 0xC0) != 0x80) ++length;
    if (byte >= 0xF0) ++length;
  }
  return length;
}

std::string EscapeForSlack(absl::string_view text) {
  return absl::StrReplaceAll(ReplaceInvalidUtf8(text),
                             {{"&", "&amp;"},
                              {"<", "&lt;"},
                              {">", "&gt;"},
                              {absl::string_view("\0", 1), kUtf8Replacement}});
}

std::vector<std::string> SplitForSlack(absl::string_view escaped,
                                       size_t max_length) {
  std::vector<std::string> parts;
  while (!escaped.empty()) {
    const size_t size = PartSize(escaped, max_length);
    parts.emplace_back(escaped.substr(0, size));
    escaped.remove_prefix(size);
  }
  return parts;
}

std::vector<std::string> SlackParts(const OutgoingMessage& message,
                                    const std::vector<std::string>& notes) {
  std::string body =
      absl::StrCat(Header(message), EscapeForSlack(message.text));
  for (const std::string& note : notes) {
    if (!body.empty() && body.back() != '\n') body += '\n';
    absl::StrAppend(&body, EscapeForSlack(note));
  }
  std::string footer = Footer(message);
  if (!body.empty() && body.back() != '\n' && !footer.empty()) body += '\n';

  std::vector<std::string> parts = SplitForSlack(body, kSlackMaxCharacters);
  if (!parts.empty() &&
      SlackLength(parts.back()) + SlackLength(footer) <= kSlackMaxCharacters) {
    absl::StrAppend(&parts.back(), footer);
    return parts;
  }
  for (std::string& part : SplitForSlack(footer, kSlackMaxCharacters)) {
    parts.push_back(std::move(part));
  }
  // Slack refuses an empty text.
  if (parts.empty()) parts.push_back(" ");
  return parts;
}

}  // namespace dirwatcher
