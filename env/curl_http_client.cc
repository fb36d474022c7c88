#include "env/curl_http_client.h"

#include <cstdio>
#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/types/optional.h"
#include "env/curl_handles.h"
#include "env/curl_library.h"
#include "env/curl_transfer.h"
#include "env/http_response_reader.h"
#include "env/upload_file.h"

namespace dirwatcher {
namespace {

size_t OnHeader(char* data, size_t size, size_t count, void* reader) {
  static_cast<HttpResponseReader*>(reader)->AddHeaderLine(
      absl::string_view(data, size * count));
  return size * count;
}

size_t OnBody(char* data, size_t size, size_t count, void* reader) {
  const bool taken = static_cast<HttpResponseReader*>(reader)->AddBody(
      absl::string_view(data, size * count));
  return taken ? size * count : 0;
}

size_t OnRead(char* buffer, size_t size, size_t count, void* file) {
  const ssize_t read =
      static_cast<UploadFile*>(file)->Read(buffer, size * count);
  return read < 0 ? CURL_READFUNC_ABORT : static_cast<size_t>(read);
}

// A connection that must be made anew sends from the start.
int OnSeek(void* file, curl_off_t offset, int origin) {
  if (origin != SEEK_SET) return CURL_SEEKFUNC_CANTSEEK;
  static_cast<UploadFile*>(file)->Seek(offset);
  return CURL_SEEKFUNC_OK;
}

// RFC 9110, 5.6.2.
bool IsToken(absl::string_view text) {
  for (const char c : text) {
    if (!absl::ascii_isalnum(static_cast<unsigned char>(c)) &&
        !absl::StrContains("!#$%&'*+-.^_`|~", c)) {
      return false;
    }
  }
  return !text.empty();
}

// RFC 9110, 5.5: what cannot end the line.
bool IsFieldValue(absl::string_view text) {
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if ((byte < 0x20 && byte != '\t') || byte == 0x7F) return false;
  }
  return true;
}

bool HasHeader(const HttpRequest& request, absl::string_view name) {
  for (const auto& [key, value] : request.headers) {
    if (absl::EqualsIgnoreCase(key, name)) return true;
  }
  return false;
}

// The host and port of a URL that libcurl can read, or INVALID_ARGUMENT.
absl::StatusOr<std::string> HostOf(const CurlLibrary& curl,
                                   const std::string& url) {
  const absl::Status unusable = absl::InvalidArgumentError(
      "The URL cannot be used: http or https, and a host, are needed");
  CURLU* const parsed = curl.url();
  if (parsed == nullptr) return absl::UnavailableError("There is no memory");
  absl::StatusOr<std::string> host = unusable;
  char* scheme = nullptr;
  char* name = nullptr;
  char* port = nullptr;
  if (url.find('\0') == std::string::npos &&
      curl.url_set(parsed, CURLUPART_URL, url.c_str(), 0) == CURLUE_OK &&
      curl.url_get(parsed, CURLUPART_SCHEME, &scheme, 0) == CURLUE_OK &&
      curl.url_get(parsed, CURLUPART_HOST, &name, 0) == CURLUE_OK &&
      (absl::string_view(scheme) == "http" ||
       absl::string_view(scheme) == "https")) {
    host = std::string(name);
    if (curl.url_get(parsed, CURLUPART_PORT, &port, 0) == CURLUE_OK) {
      absl::StrAppend(&*host, ":", port);
    }
  }
  curl.free(scheme);
  curl.free(name);
  curl.free(port);
  curl.url_cleanup(parsed);
  return host;
}

absl::Status AddHeaders(const HttpRequest& request, CurlList* list) {
  bool added = true;
  for (const auto& [name, value] : request.headers) {
    if (!IsToken(name) || !IsFieldValue(value)) {
      return absl::InvalidArgumentError("A header is not of HTTP's grammar");
    }
    // Without a value, libcurl would take its own header away.
    added =
        added && list->Append(value.empty() ? absl::StrCat(name, ";")
                                            : absl::StrCat(name, ": ", value));
  }
  // Waiting to be told to go on costs a second where nobody does.
  added = added && list->Append("Expect:");
  // It would say that every body is a form.
  if (!HasHeader(request, "Content-Type")) {
    added = added && list->Append("Content-Type:");
  }
  return added ? absl::OkStatus()
               : absl::UnavailableError("There is no memory");
}

void SetMethod(const HttpRequest& request, UploadFile* file, CurlEasy* easy) {
  const std::string& method = request.method;
  const bool has_body = file != nullptr || !request.body.empty() ||
                        method == "POST" || method == "PUT" ||
                        method == "PATCH";
  if (file != nullptr) {
    easy->Set(CURLOPT_POST, 1L);
    easy->Set(CURLOPT_READFUNCTION, &OnRead);
    easy->Set(CURLOPT_READDATA, file);
    easy->Set(CURLOPT_SEEKFUNCTION, &OnSeek);
    easy->Set(CURLOPT_SEEKDATA, file);
    easy->Set(CURLOPT_POSTFIELDSIZE_LARGE,
              static_cast<curl_off_t>(file->size_bytes()));
  } else if (has_body) {
    easy->Set(CURLOPT_POSTFIELDS, request.body.data());
    easy->Set(CURLOPT_POSTFIELDSIZE_LARGE,
              static_cast<curl_off_t>(request.body.size()));
  } else if (method == "HEAD") {
    easy->Set(CURLOPT_NOBODY, 1L);
    return;
  }
  easy->Set(CURLOPT_CUSTOMREQUEST, method);
}

}  // namespace

absl::StatusOr<HttpResponse> CurlHttpClient::Send(const HttpRequest& request) {
  const absl::StatusOr<const CurlLibrary*> curl = CurlLibrary::Load();
  if (!curl.ok()) return curl.status();
  const absl::StatusOr<std::string> host = HostOf(**curl, request.url);
  if (!host.ok()) return host.status();
  if (!IsToken(request.method)) {
    return absl::InvalidArgumentError("The method is not of HTTP's grammar");
  }
  CurlList headers(*curl);
  absl::Status status = AddHeaders(request, &headers);
  if (!status.ok()) return status;
  absl::optional<UploadFile> file;
  if (!request.body_path.empty()) {
    absl::StatusOr<UploadFile> opened = UploadFile::Open(request.body_path);
    if (!opened.ok()) return opened.status();
    file.emplace(*std::move(opened));
  }

  HttpResponseReader reader(request.max_response_bytes);
  CurlEasy easy(*curl);
  easy.Set(CURLOPT_URL, request.url);
  easy.Set(CURLOPT_PROTOCOLS_STR, "http,https");
  easy.Set(CURLOPT_FOLLOWLOCATION, 0L);
  easy.Set(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
  easy.Set(CURLOPT_HTTPHEADER, headers.get());
  SetMethod(request, file ? &*file : nullptr, &easy);
  easy.Set(CURLOPT_HEADERFUNCTION, &OnHeader);
  easy.Set(CURLOPT_HEADERDATA, &reader);
  easy.Set(CURLOPT_WRITEFUNCTION, &OnBody);
  easy.Set(CURLOPT_WRITEDATA, &reader);
  status =
      PerformCurl(&easy, *host, request.timeout, request.ca_file, interrupt_);
  if (file && !file->status().ok()) return file->status();
  if (reader.is_too_long()) {
    return absl::ResourceExhaustedError(
        absl::StrCat(*host, ": the response has more than ",
                     request.max_response_bytes, " bytes"));
  }
  if (!status.ok()) return status;
  long code = 0;
  (*curl)->easy_getinfo(easy.get(), CURLINFO_RESPONSE_CODE, &code);
  reader.response().status = static_cast<int>(code);
  return std::move(reader.response());
}

}  // namespace dirwatcher
