# Its minimal image has neither.
install_aws() { dnf install --assumeyes --quiet awscli-2 aws-cfn-bootstrap; }
