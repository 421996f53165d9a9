# On every backend service behind the load balancer.
gcloud compute backend-services update payments --global \
  --custom-request-header='X-Client-Cert-Leaf:{client_cert_leaf}' \
  --custom-request-header='X-Client-Cert-Chain:{client_cert_chain}' \
  --custom-request-header='X-Client-Cert-Chain-Verified:{client_cert_chain_verified}'
