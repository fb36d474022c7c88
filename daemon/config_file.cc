#include "daemon/config_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <set>
#include <utility>

#include "absl/cleanup/cleanup.h"
#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "logging/escape.h"

namespace dirwatcher {
namespace {

constexpr size_t kMaxFileBytes = size_t{1} << 20;

bool IsBlank(char c) { return c == ' ' || c == '\t'; }

bool IsKeyCharacter(char c) {
  return absl::ascii_isalnum(static_cast<unsigned char>(c)) || c == '-' ||
         c == '_';
}

// Appends a code point in UTF-8. REQUIRES: it may be encoded.
void AppendUtf8(uint32_t c, std::string* out) {
  const auto tail = [c](int shift) {
    return static_cast<char>(0x80 | (c >> shift & 0x3F));
  };
  if (c < 0x80) {
    out->push_back(static_cast<char>(c));
  } else if (c < 0x800) {
    out->append({static_cast<char>(0xC0 | c >> 6), tail(0)});
  } else if (c < 0x10000) {
    out->append({static_cast<char>(0xE0 | c >> 12), tail(6), tail(0)});
  } else {
    out->append(
        {static_cast<char>(0xF0 | c >> 18), tail(12), tail(6), tail(0)});
  }
}

class Parser {
 public:
  Parser(absl::string_view text, absl::string_view path)
      : rest_(text), path_(path) {
    absl::ConsumePrefix(&rest_, "\xEF\xBB\xBF");  // byte order mark
  }

  absl::StatusOr<std::vector<ConfigEntry>> Parse() {
    std::vector<ConfigEntry> entries;
    std::set<std::string> seen;
    if (rest_.find('\0') != absl::string_view::npos) {
      return Error("the file holds a NUL byte");
    }
    for (;;) {
      SkipEmptyLines();
      if (rest_.empty()) return entries;
      absl::StatusOr<ConfigEntry> entry = ParseEntry();
      if (!entry.ok()) return entry.status();
      if (!seen.insert(entry->key).second) {
        line_ = entry->line;
        return Error(absl::StrCat("\"", entry->key, "\" stands here again"));
      }
      entries.push_back(*std::move(entry));
    }
  }

 private:
  absl::Status Error(absl::string_view why) const {
    return absl::InvalidArgumentError(
        absl::StrCat(EscapeForLog(path_), ":", line_, ": ", why));
  }

  bool AtLineEnd() const { return rest_.empty() || rest_.front() == '\n'; }

  void SkipBlanks() {
    while (!rest_.empty() &&
           (IsBlank(rest_.front()) || absl::StartsWith(rest_, "\r\n"))) {
      rest_.remove_prefix(1);
    }
  }

  void SkipToLineEnd() {
    rest_.remove_prefix(std::min(rest_.find('\n'), rest_.size()));
  }

  void TakeLineEnd() {
    if (rest_.empty()) return;
    rest_.remove_prefix(1);
    ++line_;
  }

  // Blanks, comments and line ends.
  void SkipEmptyLines() {
    for (;;) {
      SkipBlanks();
      if (absl::StartsWith(rest_, "#") || absl::StartsWith(rest_, ";")) {
        SkipToLineEnd();
      }
      if (rest_.empty() || !AtLineEnd()) return;
      TakeLineEnd();
    }
  }

  absl::StatusOr<ConfigEntry> ParseEntry() {
    ConfigEntry entry;
    entry.line = line_;
    if (rest_.front() == '[') return Error("sections are not supported");
    size_t length = 0;
    while (length < rest_.size() && IsKeyCharacter(rest_[length])) ++length;
    entry.key = std::string(rest_.substr(0, length));
    rest_.remove_prefix(length);
    SkipBlanks();
    if (entry.key.empty() || !absl::ConsumePrefix(&rest_, "=")) {
      return Error("this is not KEY = VALUE");
    }
    SkipBlanks();
    if (absl::ConsumePrefix(&rest_, "[")) {
      entry.is_list = true;
      absl::Status status = ParseList(&entry.values);
      if (!status.ok()) return status;
    } else {
      absl::StatusOr<std::string> value = ParseValue("");
      if (!value.ok()) return value.status();
      entry.values.push_back(*std::move(value));
    }

    SkipBlanks();
    if (absl::StartsWith(rest_, "#")) SkipToLineEnd();
    if (!AtLineEnd()) return Error("something follows the value");
    TakeLineEnd();
    return entry;
  }

  // What follows the opening bracket, up to and with the closing one.
  absl::Status ParseList(std::vector<std::string>* values) {
    const int first_line = line_;
    for (;;) {
      SkipEmptyLines();
      if (absl::ConsumePrefix(&rest_, "]")) return absl::OkStatus();
      if (rest_.empty()) {
        line_ = first_line;
        return Error("the list has no ]");
      }
      absl::StatusOr<std::string> value = ParseValue(",]");
      if (!value.ok()) return value.status();
      values->push_back(*std::move(value));
      SkipEmptyLines();
      if (absl::ConsumePrefix(&rest_, ",")) continue;
      if (absl::ConsumePrefix(&rest_, "]")) return absl::OkStatus();
      if (!rest_.empty()) return Error("between two values there is no comma");
    }
  }

  // A string, or a bare value that ends at one of `ends` or with the line.
  absl::StatusOr<std::string> ParseValue(absl::string_view ends) {
    if (absl::StartsWith(rest_, "\"\"\"") || absl::StartsWith(rest_, "'''")) {
      return Error("strings of many lines are not supported");
    }
    if (absl::ConsumePrefix(&rest_, "\"")) return ParseBasicString();
    if (absl::ConsumePrefix(&rest_, "'")) return ParseLiteralString();

    size_t length = 0;
    while (length < rest_.size() && rest_[length] != '\n' &&
           ends.find(rest_[length]) == absl::string_view::npos &&
           !(rest_[length] == '#' &&
             (length == 0 || IsBlank(rest_[length - 1])))) {
      ++length;
    }
    const absl::string_view value =
        absl::StripAsciiWhitespace(rest_.substr(0, length));
    rest_.remove_prefix(length);
    if (value.empty()) return Error("there is no value");
    return std::string(value);
  }

  absl::StatusOr<std::string> ParseLiteralString() {
    const size_t length = rest_.find_first_of("'\n");
    if (length == absl::string_view::npos || rest_[length] == '\n') {
      return Error("the string has no closing '");
    }
    std::string value(rest_.substr(0, length));
    rest_.remove_prefix(length + 1);
    return value;
  }

  absl::StatusOr<std::string> ParseBasicString() {
    std::string value;
    for (;;) {
      if (AtLineEnd()) return Error("the string has no closing \"");
      const char c = rest_.front();
      rest_.remove_prefix(1);
      if (c == '"') return value;
      if (c != '\\') {
        value.push_back(c);
        continue;
      }
      absl::Status status = ParseEscape(&value);
      if (!status.ok()) return status;
    }
  }

  // What follows a backslash; the escapes are those of TOML 1.0.
  absl::Status ParseEscape(std::string* value) {
    static constexpr char kLetters[] = "btnfr\"\\";
    static constexpr char kMeanings[] = "\b\t\n\f\r\"\\";
    const char kind = AtLineEnd() ? '\0' : rest_.front();
    if (kind == 'u' || kind == 'U') {
      rest_.remove_prefix(1);
      return ParseUnicodeEscape(kind == 'u' ? 4 : 8, value);
    }
    const size_t i = absl::string_view(kLetters).find(kind);
    if (i == absl::string_view::npos) {
      return Error(
          "unknown escape in a string; a backslash is written \\\\, or put the "
          "string in '...'");
    }
    rest_.remove_prefix(1);
    value->push_back(kMeanings[i]);
    return absl::OkStatus();
  }

  absl::Status ParseUnicodeEscape(size_t digits, std::string* value) {
    uint32_t c = 0;
    for (size_t i = 0; i < digits; ++i) {
      if (rest_.empty() ||
          !absl::ascii_isxdigit(static_cast<unsigned char>(rest_.front()))) {
        return Error("too few digits after \\u or \\U");
      }
      const char digit = absl::ascii_tolower(rest_.front());
      c = c << 4 |
          static_cast<uint32_t>(digit <= '9' ? digit - '0' : digit - 'a' + 10);
      rest_.remove_prefix(1);
    }
    if (c == 0 || c > 0x10FFFF || (c >= 0xD800 && c <= 0xDFFF)) {
      return Error("\\u or \\U names no character that may stand here");
    }
    AppendUtf8(c, value);
    return absl::OkStatus();
  }

  absl::string_view rest_;  // what has not been read yet
  int line_ = 1;            // where rest_ begins
  const absl::string_view path_;
};

}  // namespace

absl::StatusOr<std::vector<ConfigEntry>> ParseConfig(absl::string_view text,
                                                     absl::string_view path) {
  return Parser(text, path).Parse();
}

absl::StatusOr<std::vector<ConfigEntry>> ReadConfigFile(
    const std::string& path) {
  const auto error = [&path](int error_number) {
    return absl::ErrnoToStatus(error_number,
                               absl::StrCat("read ", EscapeForLog(path)));
  };
  const int fd = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) return error(errno);
  const auto close_fd = absl::MakeCleanup([fd] { close(fd); });
  std::string text;
  char buffer[4096];
  for (;;) {
    const ssize_t n = read(fd, buffer, sizeof(buffer));
    if (n == 0) return ParseConfig(text, path);
    if (n < 0 && errno != EINTR) return error(errno);
    if (n > 0) text.append(buffer, static_cast<size_t>(n));
    if (text.size() > kMaxFileBytes) {
      return absl::InvalidArgumentError(
          absl::StrCat("read ", EscapeForLog(path), ": longer than ",
                       kMaxFileBytes, " bytes"));
    }
  }
}

}  // namespace dirwatcher
