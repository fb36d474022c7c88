#include "notify/mail_headers.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/time/civil_time.h"
#include "text/utf8.h"

namespace dirwatcher {
namespace {

// RFC 2047, 2: of a line that has an encoded word.
constexpr size_t kMaxLineBytes = 76;
constexpr size_t kMaxWordBytes = 75;
constexpr char kWordStart[] = "=?UTF-8?B?";
constexpr size_t kWordFrameBytes = sizeof(kWordStart) - 1 + 2;  // and "?="

bool IsPrintableAscii(absl::string_view text) {
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return c >= 0x20 && c < 0x7F; });
}

// Whether every reader takes the text for what it is: it has nothing that could
// be an encoded word, even between quotes, and nothing that could be trimmed.
bool IsPlain(absl::string_view text) {
  return IsPrintableAscii(text) && !absl::StartsWith(text, " ") &&
         !absl::EndsWith(text, " ") && !absl::StrContains(text, "=?");
}

// Takes whole characters from the front of valid UTF-8: as many as fit, but at
// least one.
absl::string_view TakeCharacters(size_t max_bytes, absl::string_view* text) {
  size_t length = 0;
  while (length < text->size()) {
    const size_t next = Utf8SequenceLength(text->substr(length));
    if (length > 0 && length + next > max_bytes) break;
    length += next;
  }
  const absl::string_view taken = text->substr(0, length);
  text->remove_prefix(length);
  return taken;
}

// How many bytes base64 can hold in `room`.
size_t BytesInBase64(size_t room) { return room / 4 * 3; }

// RFC 2231, 7: what stands for itself in an encoded parameter.
bool IsAttributeChar(char c) {
  return absl::ascii_isalnum(static_cast<unsigned char>(c)) ||
         absl::StrContains("!#$&+-.^_`{|}~", c);
}

std::string PercentEncode(absl::string_view text) {
  std::string encoded;
  for (const char c : text) {
    if (IsAttributeChar(c)) {
      encoded += c;
    } else {
      absl::StrAppendFormat(&encoded, "%%%02X", static_cast<unsigned char>(c));
    }
  }
  return encoded;
}

}  // namespace

absl::Status CheckHeaderValue(absl::string_view what, absl::string_view value) {
  for (const char c : value) {
    if (c == '\r' || c == '\n' || c == '\0') {
      return absl::InvalidArgumentError(
          absl::StrCat(what, " has a line break or a NUL in it"));
    }
  }
  return absl::OkStatus();
}

absl::Status CheckAddress(absl::string_view what, absl::string_view address) {
  absl::Status status = CheckHeaderValue(what, address);
  if (!status.ok()) return status;
  const bool usable = !address.empty() && IsValidUtf8(address) &&
                      std::none_of(address.begin(), address.end(), [](char c) {
                        const auto byte = static_cast<unsigned char>(c);
                        return byte <= 0x20 || byte == 0x7F ||
                               absl::StrContains("<>()[],;:\\\"", c);
                      });
  if (!usable) {
    return absl::InvalidArgumentError(
        absl::StrCat(what, " is not a mail address like name@example.com"));
  }
  return absl::OkStatus();
}

std::string EncodeSubject(absl::string_view subject) {
  std::string header = "Subject: ";
  if (IsPlain(subject) && header.size() + subject.size() <= kMaxLineBytes) {
    return absl::StrCat(header, subject);
  }
  const std::string valid = ReplaceInvalidUtf8(subject);
  absl::string_view left = valid;
  size_t line_bytes = header.size();
  while (!left.empty()) {
    if (left.size() != valid.size()) {
      header += "\r\n ";  // between encoded words it means nothing
      line_bytes = 1;
    }
    const size_t room = std::min(kMaxLineBytes - line_bytes, kMaxWordBytes);
    const absl::string_view word =
        TakeCharacters(BytesInBase64(room - kWordFrameBytes), &left);
    absl::StrAppend(&header, kWordStart, absl::Base64Escape(word), "?=");
  }
  return header;
}

std::string EncodeAddresses(absl::string_view header,
                            const std::vector<std::string>& addresses) {
  return absl::StrCat(header, ": ", absl::StrJoin(addresses, ",\r\n "));
}

std::string EncodeDisposition(absl::string_view file_name) {
  constexpr size_t kMaxPieceBytes = 60;
  std::string header = "Content-Disposition: attachment";
  if (IsPlain(file_name) && file_name.size() <= kMaxPieceBytes &&
      !absl::StrContains(file_name, '"') &&
      !absl::StrContains(file_name, '\\')) {
    return absl::StrCat(header, ";\r\n filename=\"", file_name, "\"");
  }
  const std::string valid = ReplaceInvalidUtf8(file_name);
  std::vector<std::string> pieces = {"UTF-8''"};
  for (absl::string_view left = valid; !left.empty();) {
    const std::string character = PercentEncode(TakeCharacters(1, &left));
    if (pieces.back().size() + character.size() > kMaxPieceBytes) {
      pieces.emplace_back();
    }
    pieces.back() += character;
  }
  if (pieces.size() == 1) {
    return absl::StrCat(header, ";\r\n filename*=", pieces[0]);
  }
  for (size_t i = 0; i < pieces.size(); ++i) {
    absl::StrAppend(&header, ";\r\n filename*", i, "*=", pieces[i]);
  }
  return header;
}

std::string EncodeDate(absl::Time time) {
  // Not absl::FormatTime, whose names are those of the locale.
  static constexpr const char* kDays[] = {"Mon", "Tue", "Wed", "Thu",
                                          "Fri", "Sat", "Sun"};
  static constexpr const char* kMonths[] = {"Jan", "Feb", "Mar", "Apr",
                                            "May", "Jun", "Jul", "Aug",
                                            "Sep", "Oct", "Nov", "Dec"};
  const absl::CivilSecond civil =
      absl::ToCivilSecond(time, absl::UTCTimeZone());
  return absl::StrFormat("Date: %s, %02d %s %04d %02d:%02d:%02d +0000",
                         kDays[static_cast<int>(absl::GetWeekday(civil))],
                         civil.day(), kMonths[civil.month() - 1], civil.year(),
                         civil.hour(), civil.minute(), civil.second());
}

}  // namespace dirwatcher
