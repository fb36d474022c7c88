#include "notify/target_url.h"

#include <algorithm>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "re2/re2.h"

namespace dirwatcher {
namespace {

// RFC 3986, appendix B, with the authority taken apart (section 3.2).
constexpr char kUrl[] =
    R"re((?i)([a-z][a-z0-9+.-]*):)re"                         // scheme
    R"re((//(?:([^@/?#:]*)(:[^@/?#]*)?@)?)re"                 // user
    R"re((\[[0-9a-f:.]+\]|[^:@/?#\[\]]*)(?::([0-9]*))?)?)re"  // host and port
    R"re(([^?#]*)(?:\?([^#]*))?)re";                          // path and query

absl::Status Malformed(absl::string_view what) {
  return absl::InvalidArgumentError(what);
}

// Decodes %XX; an error if something else follows a percent sign.
absl::Status Decode(absl::string_view encoded, std::string* decoded) {
  decoded->clear();
  for (size_t i = 0; i < encoded.size(); ++i) {
    if (encoded[i] != '%') {
      decoded->push_back(encoded[i]);
      continue;
    }
    const absl::string_view hex = encoded.substr(i + 1, 2);
    if (hex.size() != 2 || !absl::ascii_isxdigit(hex[0]) ||
        !absl::ascii_isxdigit(hex[1])) {
      return Malformed("a % is not followed by two hexadecimal digits");
    }
    decoded->append(absl::HexStringToBytes(hex));
    i += 2;
  }
  return absl::OkStatus();
}

bool HasControlsOrSpaces(absl::string_view text) {
  return std::any_of(text.begin(), text.end(), [](char c) {
    return static_cast<unsigned char>(c) <= ' ' || c == '\x7F';
  });
}

}  // namespace

absl::StatusOr<UrlParts> SplitUrl(absl::string_view url) {
  static const RE2 pattern(kUrl);
  if (HasControlsOrSpaces(url)) {
    return Malformed("white space and control characters are written as %XX");
  }
  re2::StringPiece scheme, authority, user, password, host, port, path, query;
  const bool matches =
      RE2::FullMatch(re2::StringPiece(url.data(), url.size()), pattern, &scheme,
                     &authority, &user, &password, &host, &port, &path, &query);
  if (!matches || (!authority.empty() && !path.empty() && path[0] != '/')) {
    return Malformed("it is not of the form SCHEME://[USER@]HOST[:PORT]?KEYS");
  }
  const auto view = [](re2::StringPiece piece) {
    return absl::string_view(piece.data(), piece.size());
  };
  UrlParts parts;
  parts.scheme = absl::AsciiStrToLower(view(scheme));
  parts.has_authority = !authority.empty();
  parts.has_password = !password.empty();
  absl::string_view host_name = view(host);
  if (!host_name.empty() && host_name.front() == '[') {
    host_name = host_name.substr(1, host_name.size() - 2);
  }
  absl::Status status = Decode(view(user), &parts.user);
  status.Update(Decode(host_name, &parts.host));
  status.Update(Decode(view(path), &parts.path));
  if (!port.empty()) {
    int number = 0;
    if (!absl::SimpleAtoi(view(port), &number) || number < 1 ||
        number > 65535) {
      return Malformed(
          absl::StrCat("the port \"", view(port), "\" is not from 1 to 65535"));
    }
    parts.port = number;
  }
  for (absl::string_view pair :
       absl::StrSplit(view(query), '&', absl::SkipEmpty())) {
    const std::pair<absl::string_view, absl::string_view> key_and_value =
        absl::StrSplit(pair, absl::MaxSplits('=', 1));
    std::string key, value;
    status.Update(Decode(key_and_value.first, &key));
    status.Update(Decode(key_and_value.second, &value));
    parts.query.emplace_back(std::move(key), std::move(value));
  }
  if (!status.ok()) return status;
  return parts;
}

}  // namespace dirwatcher
