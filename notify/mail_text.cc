#include "notify/mail_text.h"

namespace dirwatcher {

std::string ToCrlf(absl::string_view text) {
  std::string result;
  result.reserve(text.size());
  char previous = '\0';
  for (const char c : text) {
    if (c == '\n' && previous != '\r') result += '\r';
    result += c;
    previous = c;
  }
  return result;
}

std::string ToHtml(absl::string_view text) {
  // A line break right after <pre> is dropped, so the text's own must not be
  // the first.
  std::string html =
      "<!DOCTYPE html>\n<html><head><meta charset=\"utf-8\"></head><body>"
      "<pre>\n";
  for (const char c : text) {
    switch (c) {
      case '&':
        html += "&amp;";
        break;
      case '<':
        html += "&lt;";
        break;
      case '>':
        html += "&gt;";
        break;
      case '"':
        html += "&quot;";
        break;
      case '\'':
        html += "&#39;";
        break;
      default:
        html += c;
    }
  }
  return html + "</pre></body></html>\n";
}

}  // namespace dirwatcher
