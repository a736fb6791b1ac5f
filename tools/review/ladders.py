"""Rights that lead to more rights."""

import re

from review.policies import ALL_BUT, EVERYBODY, matches

# Whoever has one of these gives itself any right.
ANY_RIGHT = {
    "iam:AddUserToGroup": "joins a group that has them",
    "iam:AttachGroupPolicy": "attaches a policy to its own group",
    "iam:AttachRolePolicy": "attaches a policy to its own role",
    "iam:AttachUserPolicy": "attaches a policy to itself",
    "iam:CreateAccessKey": "makes a key of somebody who has them",
    "iam:CreateLoginProfile": "makes a password for somebody who has them",
    "iam:CreatePolicyVersion": "writes a policy anew that it has",
    "iam:DeleteRolePermissionsBoundary": "takes away what its rights end at",
    "iam:DeleteUserPermissionsBoundary": "takes away what its rights end at",
    "iam:PutGroupPolicy": "writes a policy of its own group",
    "iam:PutRolePermissionsBoundary": "moves what its rights end at",
    "iam:PutRolePolicy": "writes a policy of its own role",
    "iam:PutUserPermissionsBoundary": "moves what its rights end at",
    "iam:PutUserPolicy": "writes a policy of its own",
    "iam:SetDefaultPolicyVersion": "goes back to an older policy that gave more",
    "iam:UpdateAssumeRolePolicy": "lets itself take on a role that has them",
    "iam:UpdateLoginProfile": "sets the password of somebody who has them",
    "identitystore:CreateGroupMembership": "joins a group that has them",
    "sso:AttachCustomerManagedPolicyReferenceToPermissionSet": "attaches a policy to its own permission set",
    "sso:AttachManagedPolicyToPermissionSet": "attaches a policy to its own permission set",
    "sso:CreateAccountAssignment": "gives itself a permission set that has them",
    "sso:PutInlinePolicyToPermissionSet": "writes a policy of its own permission set",
}
# Whoever has one of these acts with the rights of what it names.
AS_ANOTHER = {
    "cloudformation:CreateChangeSet": "prepares a change of a stack with the rights of its role",
    "cloudformation:CreateStack": "makes a stack with the rights of its role",
    "cloudformation:ExecuteChangeSet": "changes a stack with the rights of its role",
    "cloudformation:UpdateStack": "changes a stack with the rights of its role",
    "codebuild:StartBuild": "runs a program with a build's role",
    "codebuild:UpdateProject": "runs a program with a build's role",
    "ec2-instance-connect:SendSSHPublicKey": "logs in to a machine and has its role",
    "ec2:AssociateIamInstanceProfile": "gives a machine another role",
    "ec2:ModifyInstanceAttribute": "writes what a machine runs at its next start",
    "ec2:ReplaceIamInstanceProfileAssociation": "gives a machine another role",
    "ecs:ExecuteCommand": "runs a program in a container and has its role",
    "ecs:RunTask": "runs a program with a task's role",
    "glue:UpdateDevEndpoint": "logs in to an endpoint and has its role",
    "iam:PassRole": "gives a role to a machine or function of its own making",
    "kms:CreateGrant": "lets others use a key",
    "kms:PutKeyPolicy": "decides who may use a key",
    "lambda:AddPermission": "lets others call a function",
    "lambda:UpdateFunctionCode": "runs a program with a function's role",
    "lambda:UpdateFunctionConfiguration": "runs a layer of its own with a function's role",
    "sagemaker:CreatePresignedNotebookInstanceUrl": "opens a notebook and has its role",
    "s3:PutBucketPolicy": "decides who may read a bucket",
    "secretsmanager:PutResourcePolicy": "decides who may read a secret",
    "ssm:CreateAssociation": "runs a program on a machine and has its role",
    "ssm:SendCommand": "runs a program on a machine and has its role",
    "ssm:StartAutomationExecution": "runs steps with an automation's role",
    "ssm:StartSession": "logs in to a machine and has its role",
    "states:UpdateStateMachine": "runs steps with a state machine's role",
    "sts:AssumeRole": "takes on a role",
}
ANYTHING = re.compile(r"arn:[^:]*:[^:]*:[^:]*:[^:]*:([\w-]+[/:])?\*(/\*)?")
PSEUDO = re.compile(r"\$\{AWS::\w+\}")


def ladders(action: str) -> dict[str, str]:
    """Give those that an action, or a pattern of some, stands for, each with how."""
    return {name: how for name, how in (ANY_RIGHT | AS_ANOTHER).items() if matches(action.lower(), name.lower())}


def is_anything(resource: str) -> bool:
    """Tell whether a resource of a policy leaves open which."""
    named = PSEUDO.sub("x", resource)
    return named == EVERYBODY or named.startswith(ALL_BUT) or ANYTHING.fullmatch(named) is not None
