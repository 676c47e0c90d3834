"""Uploads what the template refers to, and makes it refer to the uploads."""

import hashlib
import io
import json
import pathlib
import zipfile

import botocore.exceptions
import yaml


def package(s3, bucket, template_path, binaries):
    """The packaged template."""
    template = load_yaml(template_path)
    try:
        s3.create_bucket(Bucket=bucket)
    except (s3.exceptions.BucketAlreadyOwnedByYou, s3.exceptions.BucketAlreadyExists):
        pass

    for logical, resource in template["Resources"].items():
        properties = resource.get("Properties", {})
        if resource["Type"] == "AWS::Serverless::Function":
            # CodeUri ends in the function's name; AWS's release builds are not what runs here.
            name = pathlib.PurePosixPath(properties["CodeUri"]).name
            key = upload(s3, bucket, zipped(binaries / name / "bootstrap"), "zip")
            properties["CodeUri"] = f"s3://{bucket}/{key}"

    def include(node):
        transform = node.get("Fn::Transform") if isinstance(node, dict) else None
        if transform and transform.get("Name") == "AWS::Include":
            path = template_path.parent / transform["Parameters"]["Location"]
            key = upload(s3, bucket, path.read_bytes(), path.suffix.lstrip("."))
            transform["Parameters"]["Location"] = f"s3://{bucket}/{key}"
        for child in children(node):
            include(child)

    include(template)
    return template


def digest(template):
    """Names the content of a packaged template, and with it that of the uploads, as a ReleaseId."""
    return hashlib.sha256(json.dumps(template).encode()).hexdigest()[:10]


def upload_template(s3, bucket, template):
    """Where CloudFormation finds the template: it may be larger than a request takes."""
    key = upload(s3, bucket, json.dumps(template).encode(), "template")
    return f"{s3.meta.endpoint_url}/{bucket}/{key}"


def upload(s3, bucket, body, suffix):
    """Puts `body` under a key made of its hash, unless it is there, and returns the key."""
    key = f"{hashlib.sha256(body).hexdigest()}.{suffix}"
    try:
        s3.head_object(Bucket=bucket, Key=key)
    except botocore.exceptions.ClientError:
        s3.put_object(Bucket=bucket, Key=key, Body=body)
    return key


def zipped(bootstrap):
    """A function's zip. Not compressed, since it travels through loopback only, and without the time, so
    that the same binary is the same zip."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        entry = zipfile.ZipInfo("bootstrap")
        entry.external_attr = 0o755 << 16
        archive.writestr(entry, bootstrap.read_bytes())
    return buffer.getvalue()


def children(node):
    if isinstance(node, dict):
        return list(node.values())
    return node if isinstance(node, list) else []


class TemplateLoader(yaml.SafeLoader):
    """YAML with CloudFormation's short tags, read into their long forms."""


def long_form(loader, suffix, node):
    if isinstance(node, yaml.ScalarNode):
        value = loader.construct_scalar(node)
        if suffix == "GetAtt":
            value = value.split(".", 1)
    elif isinstance(node, yaml.SequenceNode):
        value = loader.construct_sequence(node, deep=True)
    else:
        value = loader.construct_mapping(node, deep=True)
    return {suffix if suffix in ("Ref", "Condition") else f"Fn::{suffix}": value}


TemplateLoader.add_multi_constructor("!", long_form)
# `2010-09-09` and its like are strings in a template, not dates.
TemplateLoader.add_constructor("tag:yaml.org,2002:timestamp", yaml.SafeLoader.construct_yaml_str)


def load_yaml(path):
    return yaml.load(pathlib.Path(path).read_text(), TemplateLoader)
