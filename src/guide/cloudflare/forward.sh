# Forward the certificate of this host's clients. The host is associated with
# the partners' authority beforehand.
curl -X PUT "https://api.cloudflare.com/client/v4/zones/$ZONE_ID/access/certificates/settings" \
  -H "Authorization: Bearer $API_TOKEN" --json '{
    "settings": [{
      "hostname": "payments.example.com",
      "china_network": false,
      "client_certificate_forwarding": true
    }]
  }'

# Add Cf-Cert-Presented, -Verified and -Revoked to every request.
curl -X PATCH "https://api.cloudflare.com/client/v4/zones/$ZONE_ID/managed_headers" \
  -H "Authorization: Bearer $API_TOKEN" --json '{
    "managed_request_headers": [{ "id": "add_client_certificate_headers", "enabled": true }],
    "managed_response_headers": []
  }'
