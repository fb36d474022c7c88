#include "sinks/json_writer.h"

#include <algorithm>
#include <charconv>
#include <cstddef>

#include "absl/strings/str_cat.h"
#include "text/control_characters.h"
#include "text/printable.h"
#include "text/utf8.h"

namespace dirwatcher {
namespace {

constexpr char kHexDigits[] = "0123456789abcdef";
constexpr char kBase64Digits[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

// REQUIRES: `c` is in the Basic Multilingual Plane, as all control characters.
void AppendUnicodeEscape(char32_t c, std::string* out) {
  const char escape[] = {'\\',
                         'u',
                         kHexDigits[c >> 12 & 0xF],
                         kHexDigits[c >> 8 & 0xF],
                         kHexDigits[c >> 4 & 0xF],
                         kHexDigits[c & 0xF]};
  out->append(escape, sizeof(escape));
}

// Appends `value` with at least `width` digits. REQUIRES: value >= 0
void AppendPadded(int64_t value, int width, std::string* out) {
  char digits[20];
  int n = 0;
  do {
    digits[n++] = static_cast<char>('0' + value % 10);
    value /= 10;
  } while (value > 0 || n < width);
  while (n > 0) out->push_back(digits[--n]);
}

}  // namespace

void JsonWriter::Value() {
  if (comma_is_due_) out_->push_back(',');
  comma_is_due_ = true;
}

void JsonWriter::BeginObject() {
  Value();
  out_->push_back('{');
  comma_is_due_ = false;
}

void JsonWriter::EndObject() {
  out_->push_back('}');
  comma_is_due_ = true;
}

void JsonWriter::BeginArray() {
  Value();
  out_->push_back('[');
  comma_is_due_ = false;
}

void JsonWriter::EndArray() {
  out_->push_back(']');
  comma_is_due_ = true;
}

void JsonWriter::Key(absl::string_view name) {
  // Put together first: appending is what takes time.
  constexpr size_t kMostBytes = 32;
  char text[kMostBytes + 4];
  if (name.size() > kMostBytes) {
    Value();
    absl::StrAppend(out_, "\"", name, "\":");
  } else {
    char* end = text;
    if (comma_is_due_) *end++ = ',';
    *end++ = '"';
    end = std::copy(name.begin(), name.end(), end);
    *end++ = '"';
    *end++ = ':';
    out_->append(text, static_cast<size_t>(end - text));
  }
  comma_is_due_ = false;
}

void JsonWriter::String(absl::string_view bytes) {
  Value();
  out_->push_back('"');
  while (!bytes.empty()) {
    const size_t plain = PrintablePrefixLength(bytes);
    out_->append(bytes.data(), plain);
    bytes.remove_prefix(plain);
    if (bytes.empty()) break;

    size_t length = Utf8SequenceLength(bytes);
    if (length == 0) {
      out_->append(kUtf8Replacement);
      length = Utf8InvalidLength(bytes);
    } else {
      const absl::string_view sequence = bytes.substr(0, length);
      const char32_t c = DecodeUtf8(sequence);
      switch (c) {
        case '"':
          out_->append("\\\"");
          break;
        case '\\':
          out_->append("\\\\");
          break;
        case '\t':
          out_->append("\\t");
          break;
        case '\n':
          out_->append("\\n");
          break;
        case '\r':
          out_->append("\\r");
          break;
        default:
          if (IsControlCharacter(c)) {
            AppendUnicodeEscape(c, out_);
          } else {
            out_->append(sequence.data(), sequence.size());
          }
      }
    }
    bytes.remove_prefix(length);
  }
  out_->push_back('"');
}

void JsonWriter::Base64(absl::string_view bytes) {
  Value();
  out_->push_back('"');
  for (size_t i = 0; i < bytes.size(); i += 3) {
    const size_t n = std::min<size_t>(3, bytes.size() - i);
    uint32_t group = 0;
    for (size_t j = 0; j < 3; ++j) {
      group = group << 8 | (j < n ? static_cast<uint8_t>(bytes[i + j]) : 0);
    }
    const char digits[] = {kBase64Digits[group >> 18],
                           kBase64Digits[group >> 12 & 0x3F],
                           n > 1 ? kBase64Digits[group >> 6 & 0x3F] : '=',
                           n > 2 ? kBase64Digits[group & 0x3F] : '='};
    out_->append(digits, sizeof(digits));
  }
  out_->push_back('"');
}

void JsonWriter::Int(int64_t value) {
  Value();
  char digits[20];  // of the smallest one, with its sign
  const std::to_chars_result end =
      std::to_chars(digits, digits + sizeof(digits), value);
  out_->append(digits, static_cast<size_t>(end.ptr - digits));
}

void JsonWriter::Bool(bool value) {
  Value();
  out_->append(value ? "true" : "false");
}

void JsonWriter::Null() {
  Value();
  out_->append("null");
}

void JsonWriter::Seconds(absl::Duration duration) {
  Value();
  const bool negative = duration <= -absl::Microseconds(1);
  absl::Duration rest = negative ? -duration : duration;
  const int64_t seconds = absl::IDivDuration(rest, absl::Seconds(1), &rest);
  int64_t micros = absl::IDivDuration(rest, absl::Microseconds(1), &rest);
  if (negative) out_->push_back('-');
  AppendPadded(seconds, 1, out_);
  if (micros == 0) return;
  int width = 6;
  for (; micros % 10 == 0; micros /= 10) --width;
  out_->push_back('.');
  AppendPadded(micros, width, out_);
}

}  // namespace dirwatcher
