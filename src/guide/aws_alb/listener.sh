# Who signs the partners' certificates.
aws elbv2 create-trust-store --name partner-ca \
  --ca-certificates-bundle-s3-bucket example-bucket --ca-certificates-bundle-s3-key ca.pem

# On every listener that forwards to the service.
aws elbv2 modify-listener --listener-arn "$LISTENER_ARN" \
  --mutual-authentication "Mode=verify,TrustStoreArn=$TRUST_STORE_ARN,IgnoreClientCertificateExpiry=false"
