#include "dirwatch/byte_search.h"

#include <string.h>

#include "absl/strings/ascii.h"

namespace dirwatcher {

ByteSearch::ByteSearch(absl::string_view needle, CaseRule rule)
    : rule_(rule), needle_(needle) {
  if (rule == CaseRule::kExact) return;
  absl::AsciiStrToLower(&needle_);
  shift_.fill(needle_.size());
  for (size_t i = 0; i + 1 < needle_.size(); ++i) {
    const size_t distance = needle_.size() - 1 - i;
    const auto byte = static_cast<unsigned char>(needle_[i]);
    shift_[byte] = distance;
    shift_[static_cast<unsigned char>(absl::ascii_toupper(byte))] = distance;
  }
}

size_t ByteSearch::Find(absl::string_view haystack, size_t from) const {
  if (from > haystack.size() || haystack.size() - from < needle_.size()) {
    return npos;
  }
  if (rule_ == CaseRule::kIgnoreAscii) return FindIgnoringCase(haystack, from);
  const void* found = ::memmem(haystack.data() + from, haystack.size() - from,
                               needle_.data(), needle_.size());
  if (found == nullptr) return npos;
  return static_cast<size_t>(static_cast<const char*>(found) - haystack.data());
}

size_t ByteSearch::FindIgnoringCase(absl::string_view haystack,
                                    size_t from) const {
  const size_t last = needle_.size() - 1;
  for (size_t at = from; at + last < haystack.size();) {
    size_t i = needle_.size();
    while (i > 0 && absl::ascii_tolower(static_cast<unsigned char>(
                        haystack[at + i - 1])) == needle_[i - 1]) {
      --i;
    }
    if (i == 0) return at;
    at += shift_[static_cast<unsigned char>(haystack[at + last])];
  }
  return npos;
}

}  // namespace dirwatcher
