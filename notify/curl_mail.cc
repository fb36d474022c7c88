#include "notify/curl_mail.h"

#include <string>

namespace dirwatcher {

CurlMail::CurlMail(const SmtpMail& mail, CurlEasy* easy)
    : easy_(easy), curl_(easy->curl()), headers_(&curl_) {
  if (easy_->get() == nullptr) {
    error_ = CURLE_OUT_OF_MEMORY;
    return;
  }
  for (const std::string& header : mail.headers) {
    if (!headers_.Append(header)) error_ = CURLE_OUT_OF_MEMORY;
  }
  root_ = NewMime();
  curl_mime* const forms = NewMime();
  // The least elaborate form comes first (RFC 2046, 5.1.4).
  AddText(forms, mail.text, "text/plain; charset=UTF-8");
  AddText(forms, mail.html, "text/html; charset=UTF-8");
  curl_mimepart* const body = NewPart(root_);
  Check(curl_.mime_subparts(body, forms));
  if (error_ != CURLE_OK) {
    curl_.mime_free(forms);
    return;
  }
  Check(curl_.mime_type(body, "multipart/alternative"));
  for (const MailFile& file : mail.files) AddFile(file);
}

CurlMail::~CurlMail() {
  // The handle refers to it until then.
  if (root_ != nullptr) {
    curl_.easy_setopt(easy_->get(), CURLOPT_MIMEPOST, nullptr);
  }
  curl_.mime_free(root_);
}

CURLcode CurlMail::Attach() {
  if (error_ != CURLE_OK) return error_;
  easy_->Set(CURLOPT_MIMEPOST, root_);
  easy_->Set(CURLOPT_HTTPHEADER, headers_.get());
  return easy_->error();
}

curl_mime* CurlMail::NewMime() {
  curl_mime* const mime = curl_.mime_init(easy_->get());
  if (mime == nullptr) Check(CURLE_OUT_OF_MEMORY);
  return mime;
}

curl_mimepart* CurlMail::NewPart(curl_mime* parent) {
  curl_mimepart* const part =
      parent == nullptr ? nullptr : curl_.mime_addpart(parent);
  if (part == nullptr) Check(CURLE_OUT_OF_MEMORY);
  return part;
}

void CurlMail::AddText(curl_mime* parent, const std::string& text,
                       const char* type) {
  curl_mimepart* const part = NewPart(parent);
  Check(curl_.mime_data(part, text.data(), text.size()));
  Check(curl_.mime_type(part, type));
  Check(curl_.mime_encoder(part, "quoted-printable"));
}

void CurlMail::AddFile(const MailFile& file) {
  curl_mimepart* const part = NewPart(root_);
  Check(curl_.mime_filedata(part, file.path.c_str()));
  // Its own header has the name, which libcurl would not encode.
  Check(curl_.mime_filename(part, nullptr));
  Check(curl_.mime_type(part, file.type.c_str()));
  Check(curl_.mime_encoder(part, "base64"));
  CurlList list(&curl_);
  if (!list.Append(file.disposition)) Check(CURLE_OUT_OF_MEMORY);
  const CURLcode code =
      curl_.mime_headers(part, list.get(), /*take_ownership=*/1);
  if (code == CURLE_OK) list.release();
  Check(code);
}

}  // namespace dirwatcher
