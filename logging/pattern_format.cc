#include "logging/pattern_format.h"

#include <unistd.h>

#include <cstdint>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/strip.h"
#include "absl/time/time.h"
#include "logging/escape.h"

namespace dirwatcher {
namespace {

// More would be a slip of the pen.
constexpr size_t kMaxWidth = 1000;

absl::Status Wrong(absl::string_view what) {
  return absl::InvalidArgumentError(absl::StrCat("log format: ", what));
}

}  // namespace

absl::StatusOr<PatternFormat> PatternFormat::Parse(absl::string_view pattern,
                                                   absl::string_view name) {
  PatternFormat format(name);
  std::string literal;
  while (!pattern.empty()) {
    if (absl::ConsumePrefix(&pattern, "%%")) {
      literal.push_back('%');
    } else if (absl::ConsumePrefix(&pattern, "%")) {
      absl::StatusOr<Part> part = ParseAttribute(&pattern);
      if (!part.ok()) return part.status();
      part->literal = std::exchange(literal, "");
      format.parts_.push_back(*std::move(part));
    } else {
      literal.push_back(pattern.front());
      pattern.remove_prefix(1);
    }
  }
  if (literal.find('\n') != std::string::npos) {
    return Wrong("a record is one line");
  }
  Part last;
  last.literal = std::move(literal);
  format.parts_.push_back(std::move(last));
  return format;
}

// What stands behind a %.
absl::StatusOr<PatternFormat::Part> PatternFormat::ParseAttribute(
    absl::string_view* rest) {
  static constexpr std::pair<absl::string_view, Attribute> kAttributes[] = {
      {"asctime", Attribute::kAsctime}, {"name", Attribute::kName},
      {"levelno", Attribute::kLevelno}, {"levelname", Attribute::kLevelname},
      {"message", Attribute::kMessage}, {"process", Attribute::kProcess},
      {"thread", Attribute::kThread},   {"filename", Attribute::kFilename},
      {"lineno", Attribute::kLineno},
  };
  const size_t close = rest->find(')');
  if (rest->empty() || rest->front() != '(' ||
      close == absl::string_view::npos) {
    return Wrong(absl::StrCat("behind % stands no (attribute) but \"",
                              EscapeForLog(rest->substr(0, 20)), "\""));
  }
  const absl::string_view name = rest->substr(1, close - 1);
  rest->remove_prefix(close + 1);
  Part part;
  for (const auto& [known, attribute] : kAttributes) {
    if (name == known) part.attribute = attribute;
  }
  if (part.attribute == Attribute::kNone) {
    return Wrong(
        absl::StrCat("unknown attribute \"", EscapeForLog(name), "\""));
  }
  part.to_the_left = absl::ConsumePrefix(rest, "-");
  size_t digits = 0;
  while (digits < rest->size() && absl::ascii_isdigit((*rest)[digits])) {
    ++digits;
  }
  if (digits > 0 && (!absl::SimpleAtoi(rest->substr(0, digits), &part.width) ||
                     part.width > kMaxWidth)) {
    return Wrong(absl::StrCat("\"", name, "\" has a width over ", kMaxWidth));
  }
  rest->remove_prefix(digits);
  const bool is_number = part.attribute == Attribute::kLevelno ||
                         part.attribute == Attribute::kProcess ||
                         part.attribute == Attribute::kThread ||
                         part.attribute == Attribute::kLineno;
  if (absl::ConsumePrefix(rest, "s")) return part;
  if (is_number && absl::ConsumePrefix(rest, "d")) return part;
  return Wrong(absl::StrCat("behind %(", name, ") has to stand ",
                            is_number ? "s or d" : "s"));
}

void PatternFormat::Append(const LogRecord& record, std::string* out) {
  for (const Part& part : parts_) {
    out->append(part.literal);
    const size_t begin = out->size();
    AppendAttribute(part.attribute, record, out);
    const size_t size = out->size() - begin;
    if (size < part.width) {
      out->insert(part.to_the_left ? out->size() : begin, part.width - size,
                  ' ');
    }
  }
  out->push_back('\n');
}

void PatternFormat::AppendAttribute(Attribute attribute,
                                    const LogRecord& record, std::string* out) {
  switch (attribute) {
    case Attribute::kNone:
      return;
    case Attribute::kAsctime:
      return AppendTime(record.time, out);
    case Attribute::kName:
      return absl::StrAppend(out, name_);
    case Attribute::kLevelno:
      return absl::StrAppend(out, LogLevelNumber(record.level));
    case Attribute::kLevelname:
      return absl::StrAppend(out, LogLevelName(record.level));
    case Attribute::kMessage:
      return absl::StrAppend(out, record.text);
    case Attribute::kProcess:
      return absl::StrAppend(out, getpid());
    case Attribute::kThread:
      return absl::StrAppend(out, CurrentThreadId());
    case Attribute::kFilename:
      return absl::StrAppend(out, record.file);
    case Attribute::kLineno:
      return absl::StrAppend(out, record.line);
  }
}

void PatternFormat::AppendTime(absl::Time time, std::string* out) {
  const time_t seconds = absl::ToTimeT(time);
  const int64_t millis =
      absl::ToInt64Milliseconds(time - absl::FromTimeT(seconds));
  if (seconds != seconds_ || date_and_time_.empty()) {
    std::tm local = {};
    localtime_r(&seconds, &local);
    date_and_time_ = absl::StrFormat(
        "%04d-%02d-%02d %02d:%02d:%02d", local.tm_year + 1900, local.tm_mon + 1,
        local.tm_mday, local.tm_hour, local.tm_min, local.tm_sec);
    seconds_ = seconds;
  }
  absl::StrAppend(out, date_and_time_, ",", absl::Dec(millis, absl::kZeroPad3));
}

}  // namespace dirwatcher
